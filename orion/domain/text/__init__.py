"""What a written text is when it is read aloud: its words, its signs, its sentences. Pure, no framework.

`emoji` what is looked at, not read; `words` whether there is anything to say; `aloud` the rules of each
language for numbers, dates, codes and signs, `numerals` its number words, `vocabulary` its names of signs;
`reading` a text as a voice is given it, word by word; `latin` other scripts for a voice that has English
letters only; `cuts` where a mark ends no sentence.
"""
