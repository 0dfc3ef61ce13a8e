"""How a written text is read aloud: rules by language, and the scanner that applies them.

`tongue` is what a language tells the rules; `english` and its neighbours tell it. `scanner` finds the parts
of a text that are not said as they are written. The other files hold the rules, by what they read: `numbers`,
`quantities`, `moments`, `codes`, `addresses`, `short_forms`, `signs`, `remnants`. To teach a language, write
its file and enter it in `languages`.
"""
