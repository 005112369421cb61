"""How people say that they have finished, go on, put something right or want another title; in both languages."""

import re

DONE_WORDS = re.compile(
    r"^(?:我?(?:说|写|讲|发)完了|完了|就这些(?:了|吧)?|就这样(?:了|吧)?|就这么多(?:了|吧)?|差不多了|没啥了|没有?了|没有?其他(?:的|了)?|没有?别的(?:了)?|好了|结束|"
    r"done|that'?s (?:all|it)|nothing (?:else|more)|no more|finished|i'?m done)[。.!！~～]*$",
    re.IGNORECASE,
)
OTHER_TITLE = re.compile(
    r"^(?:不用这个|不要这个|不用它|不好|不行|不合适|换一个|换个标题|另写一个|我自己写|自己写|重写"
    r"|no|not this(?: one)?|another(?: one)?|change it)"
    r"[吧。.!！]*$",
    re.IGNORECASE,
)
THIS_TITLE = re.compile(r"^(?:就?用(?:这个|它)|就这个|use (?:it|this|that)|keep it|fine)[吧。.!！]*$", re.IGNORECASE)
ONWARD = re.compile(r"^(?:继续|下一步|下一个|往下|下一题|next|continue|go on|move on)[吧。.!！]*$", re.IGNORECASE)
CORRECTION = re.compile(
    r"^(?:不是|不对|不[，, ]|算了[，, ]?还是|还是|错了|搞错|弄错|写错|应该是|其实是|更正"
    r"|no\b[,， ]|not\b|wrong|actually|it should be|i meant|correction)",
    re.I,
)
DENIED = re.compile(
    r"(?:不是|并非)[^，,。;；、]{1,20}?(?=[，,。;；、]|而?是)|\b(?:not|isn't)\s+[^,;.]{1,40}?(?=[,;.]|\bbut\b|$)", re.I
)
NEW_VALUE = re.compile(r"(?:改成|改为|改到|换成|更正为|应该是|应为|\bto\b|\bshould be\b|\binto\b)[:： ]*(.+)$", re.I)
ALTERING = re.compile(r"删|去掉|撤|改|换|加上|\b(?:remove|delete|change|correct|edit|add|undo|cancel)\b", re.I)
ASKING = re.compile(
    r"[?？]|[吗么呢]|能不能|可不可以|会不会|是不是|要不要|行不行|好不好|怎么|怎样|咋|啥|什么|如何|谁"
    r"|\b(?:can|could|will|would|does|do|is|are|may|how|what|why|who)\b",
    re.I,
)
"""What makes a sentence a question although it names a choice."""
TELLING = re.compile(
    r"后来|还有|当时|而且|另外|然后|之前|结果|补充|忘了说|他还|她还|他们还|他又|让我|叫我|跟我|要我"
    r"|\b(?:also|then|later|besides|furthermore|forgot to|another thing|he|she|they|told me|asked me|asked us)\b",
    re.IGNORECASE,
)
"""What makes a sentence part of a story."""
REASON = re.compile(r"\bbecause\s+\S|因为\S", re.IGNORECASE)
"""A wish that gives its reason: its words belong to the matter."""
_ORDINAL = re.compile(r"第\s*([一二三四五六七八九十]|\d{1,2})")
_ORDINALS = {numeral: n for n, numeral in enumerate("一二三四五六七八九十", 1)} | {str(n): n for n in range(1, 11)}


def ordinal_in(text: str) -> int | None:
    """Return which of a list "第二个" means, 1 to 10; None when nothing is said."""
    place = _ORDINAL.search(text)
    return _ORDINALS.get(place[1]) if place else None
