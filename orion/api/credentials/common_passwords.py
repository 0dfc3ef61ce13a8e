"""The commonest passwords of ten characters and more; shorter ones are refused anyway."""

from __future__ import annotations

COMMON = frozenset(
    """
    0123456789 0987654321 1111111111 1122334455 1212121212 123123123123 123321123321 12344321
    1234512345 123456123456 1234554321 12345678900 12345678910 1234567890 12345678901 123456789012
    1234567890a 1234567890q 1234567890qw 123456789a 123456789abc 123456789o 123456789q 123456789z
    1234qwerasdf 1234qwerasdfzxcv 123abc123abc 123qwe123qwe 123qweasdzxc 1a2b3c4d5e 1q2w3e4r5t
    1q2w3e4r5t6y 1qaz2wsx3edc 1qaz2wsx3edc4rfv 1qazxsw23edc 9876543210 a123456789 a1b2c3d4e5
    aa12345678 aaaaaaaaaa abc1234567 abc123456789 abcd123456 abcd1234567 abcdefghij abcdefghijk
    admin12345 admin123456 adminadmin administrator alexander1 asdasdasdasd asdf123456 asdfasdfasdf
    asdfghjkl1 asdfghjkl123 asdfghjkl; basketball bismillah1 changeme12 changeme123 charlie123
    chocolate1 christopher computer123 dragon12345 elizabeth1 football10 football123 iloveyou12
    iloveyou123 iloveyou1234 iloveyouforever letmein123 letmein1234 liverpool1 liverpoolfc
    manchester manchesterunited michael123 microphone minecraft1 minecraft123 mypassword mypassword1
    mynoob12345 p@ssw0rd123 p@ssword123 passw0rd12 passw0rd123 passw0rd1234 password00 password01
    password10 password11 password12 password123 password123! password1234 password12345
    password123456 password2024 password2025 password2026 passwordpassword pokemon123 princess123
    q1w2e3r4t5 q1w2e3r4t5y6 qazwsxedcrfv qazwsxedc1 qwer123456 qwer1234qwer qwerasdfzxcv qwerty12345
    qwerty123456 qwerty1234 qwerty1234567 qwertyqwerty qwertyuiop qwertyuiop1 qwertyuiop123
    qwertyuiop[] qwertyuiopasdfghjklzxcvbnm sunshine123 superman123 test123456 test1234567 testtest12
    testtest123 trustno1trustno1 unbelievable user123456 welcome123 welcome1234 welcome12345
    zaq12wsxcde3 zxcvbnm123 zxcvbnm,./ zxcvbnmasd zzzzzzzzzz orionorion
    """.split()
)
