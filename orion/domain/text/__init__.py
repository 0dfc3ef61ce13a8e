"""What a written text is when it is read aloud: its words, its signs, its sentences. Pure, no framework.

`emoji` what is looked at, not read; `words` whether there is anything to say; `symbols` how signs are
said in a language; `reading` a text as a voice is given it, word by word; `latin` other scripts for a
voice that has English letters only; `cuts` where a mark ends no sentence.
"""
