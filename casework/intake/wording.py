"""How people say that they have finished, go on, put something right or want another title; in both languages."""

import re

DONE_WORDS = re.compile(
    r"^(?:我?(?:说|写|讲|发)完|完了|就这些|就这样|就这么多|以上(?:就是)?(?:全部|所有)?(?:情况|内容|事实)?|差不多了|没啥了|没有?了|无补充|没有?补充"
    r"|(?:情况|事情|经过|问题)?(?:反映|汇报|陈述|叙述|说明|讲述|交代)完毕?|没有?其他的?|没有?别的|好了|结束"
    r"|done|that'?s (?:all|it)|that is (?:all|it)|nothing (?:else|more)|no more|finish(?:ed)?|i'?m done)"
    r"[了啦吧呗啊呀哈嘛]*[。.!！~～]*$",
    re.IGNORECASE,
)
NO_MORE = re.compile(
    r"^(?:就这样|没啥了|没有?了|没有?其他的?|没有?(?:什么)?别的|没有?(?:什么)?(?:要|需要)?补充的?|无补充|无误|属实"
    r"|nothing (?:else|more)(?: to add)?|no more|no changes?)"
    r"[了啦吧呗啊呀哈嘛]*[。.!！~～]*$",
    re.IGNORECASE,
)
"""Answers "anything to add or put right?". "Done" does not: it may be said of the telling, the reading unread."""
OTHER_TITLE = re.compile(
    r"^(?:不用这个|不要这个|不用它|不好|不行|不合适|换一个|换个标题|另写一个|我自己写|自己写|重写"
    r"|no|not this(?: one)?|another(?: one)?|change it)"
    r"[吧。.!！]*$",
    re.IGNORECASE,
)
THIS_TITLE = re.compile(r"^(?:就?用(?:这个|它)|就这个|use (?:it|this|that)|keep it|fine)[吧。.!！]*$", re.IGNORECASE)
BARE_WISH = re.compile(
    r"^(?:你好|您好|喂|嗯+)?[，,。 ]*(?:我|俺|咱|我们)?(?:要|想|想要|来|得|需要)?(?:匿名|实名)?"
    r"(?:举报|巨报|舉報|反映|投诉|检举|告状|告)(?:一下|点)?(?:个|一个|件|一件)?(?:事儿?|事情|问题|情况|人|单位)?[。.!！~～]*$"
    r"|^(?:hello|hi|hey)?[,.! ]*(?:i|we)?(?:'d like| want| would like| need| wish| have)? ?(?:to )?"
    r"(?:make |file |submit )?(?:an? )?(?:report|complain|complaint)"
    r"(?: (?:about )?(?:something|someone|somebody|a problem|a matter|an issue|an official))?[.! ]*$",
    re.I,
)
"""That somebody wants to report, and nothing yet of what."""
ONWARD = re.compile(r"^(?:继续|下一步|下一个|往下|下一题|next|continue|go on|move on)[吧。.!！]*$", re.IGNORECASE)
CORRECTION = re.compile(
    r"^(?:等会儿?|等一下|等等|不是|不对|不[，, ]|算了[，, ]?还是|还是|错了|搞错|弄错|写错|应该是|其实是|更正"
    r"|no\b[,， ]|not\b|wrong|actually|it should be|i meant|correction)",
    re.I,
)
DENIED = re.compile(
    r"(?:不是|并非|别写|不要写|不写)[^，,。;；、\s]{1,20}?(?=[，,。;；、\s]|而?是)"
    r"|\b(?:not|isn't)\s+[^,;.]{1,40}?(?=[,;.]|\bbut\b|$)",
    re.I,
)
OFFICE = re.compile(
    r"[\u4e00-\u9fff]{2,}(?:局|委|办事处|派出所|法院|政府|街道办|村委会|居委会|管委会|大厅|窗口)"
    r"|\b(?:bureau|office|court|police|village|township|commission|committee|service hall|counter|official|cadre)\b",
    re.I,
)
"""What a complaint is about, however little is said of it."""
WRONG = re.compile(
    r"^(?:不对|错|写错|弄错|搞错|有误|不准|wrong|incorrect|not right|not correct|a mistake|mistaken)", re.I
)
FIRM = re.compile(r"公司|企业|厂|compan|business|\bfirm", re.I)
AMISS_VALUE = re.compile(
    r"^(?P<field>[\u4e00-\u9fff]{2,8}?)(?:也|都|又|还是)?(?:是)?(?:不对|错了|写错了?|弄错了?|搞错了?|有误|不准)"
    r"[，,。;；\s]+(?:应该|应当|其实|就)?(?:是|为|叫)?(?P<value>.{2,})$"
    r"|^(?:sorry,? |no,? )?(?:the |my )?(?P<field2>[a-z' -]{3,24}?) (?:is|was) (?:also )?"
    r"(?:wrong|incorrect|not right|a mistake)"
    r"[,;.\s]+(?:it (?:is|was|should be)|it's|should be)?\s*(?P<value2>.{2,})$",
    re.I,
)
"""A field that is wrong, and what is right: "the district is wrong, it is Xigang"."""
NOT_KNOWN = re.compile(
    r"^(?:我|俺|咱)?(?:怎么|咋|哪里?|上哪儿?|从哪儿?)(?:能|会)?(?:知道|晓得|清楚|认识|记得)|^(?:我|俺|咱)?(?:真|也|都|可|实在)*(?:不|没)(?:太|大|咋|怎么)?"
    r"(?:知道|晓得|清楚|认识|记得|记清|认得|注意)|^(?:不道|说不好|说不清|记不清|记不得|记不住|忘了)"
    r"|^how (?:would|should|could|can|do) i know|^(?:i )?(?:really )?(?:don'?t|do not|didn'?t|can'?t|cannot) "
    r"(?:know|remember|recall|tell)|^(?:i have )?no idea|^(?:i am |i'm )?not (?:so )?sure$",
    re.I,
)
"""That an answer is not known, in more words than a bare "I don't know"."""
NOT_TOLD = re.compile(
    r"^(?:不关你们?的?事|跟你们?没关系|凭什么(?:告诉|要我说)|不(?:想|愿意?|方便|便)(?:说|写|填|透露|提供)|不告诉)"
    r"|^(?:that'?s |it'?s )?none of your business"
    r"|^(?:i )?(?:would )?(?:rather not|prefer not to|don'?t want to|won'?t) (?:say|tell)",
    re.I,
)
"""That somebody will not answer."""
NEW_VALUE = re.compile(r"(?:改成|改为|改到|换成|更正为|应该是|应为|\bto\b|\bshould be\b|\binto\b)[:： ]*(.+)$", re.I)
HESITATION = re.compile(
    r"^(?:(?:no|wait|actually|sorry|oh|well|hm+|不对|等等|等一下|哦|不好意思)[,，.。!！\s]+)+", re.I
)
NAMED_VALUE = re.compile(
    r"^(?:我的|那个|the |my )?(?P<field>[\u4e00-\u9fff]{2,8}?|[a-z' -]{3,24}?)\s*"
    r"(?:应该是|应当是|就是|其实是|是|为|[:：=]| is | was | should be )\s*(?P<value>.+)$",
    re.I,
)
"""A field and its value: "the district is Xigang", "时间是去年"."""
PLAIN_YES = re.compile(
    r"^(?:是的?|对的?|好的?|行|嗯+|可以(?:了)?|没问题|没错|都对|确认|就这样|同意|发吧|发送|交吧|提交"
    r"|submit|send(?: it)?|yes|yeah|yep|ok(?:ay)?|sure|right|correct|fine|go ahead|please do|confirm(?:ed)?"
    r"|that'?s (?:right|fine|correct))"
    r"[\s,，]*(?:的|了|吧|呀|啊|please|提交(?:吧|了)?|submit(?: it)?|send it|that'?s (?:right|it|all))?[。.!！~～\s]*$",
    re.I,
)
"""What submits a report when it is asked whether to: nothing that could be about something else."""
PLAIN_NO = re.compile(
    r"^(?:不+|不是|不对|不行|不要|没有|先不|还没|等一下|等等|no|nope|not yet|wait|wrong|not right|something is wrong)"
    r"(?:提交|交|了|的|吧|呢|thanks|thank you)?[。.!！~～,， ]*$",
    re.I,
)
NO_FILES = re.compile(
    r"^(?:没(?:拍|录|照|留)(?:下来|过|着)?[了的]?|我?(?:没有?|无|拿不出)(?:什么|任何)?(?:照片|证据|文件|录音|材料|截图|视频|东西)[了的吧]?|没法提供"
    r"|以后再(?:发|传|补))[。.!！]?$"
    r"|^(?:i (?:have|got) )?(?:no|not any|none,? no|don't have any)(?: \w+)?"
    r" (?:files?|photos?|evidence|proof|documents?|pictures?)[.!]?$"
    r"|^i (?:have none|don't have any|have nothing)[.!]?$",
    re.I,
)
_WISH = re.compile(
    r"^(?:你好|您好|喂)?[，, ]*我?(?:要|想|来|得)?(?:匿名|实名)?(?:举报|巨报|舉報|反映|投诉|检举)(?:一下|个事)?"
    r"[，,：: ]+(?P<told>\S.{3,})$"
    r"|^(?:hello|hi|hey)?[,. ]*i (?:want|would like|need|wish) to report[:,. -]+(?P<told2>\S.{8,})$",
    re.I | re.S,
)
ASKING = re.compile(
    r"[?？]|[吗么呢]|能不能|可不可以|会不会|是不是|要不要|行不行|好不好|怎么|怎样|咋|啥|什么|如何|谁"
    r"|^(?:and |but |so |then )?(?:can|could|will|would|does|do|is|are|may|how|what|why|who)\b",
    re.I,
)
"""What makes a sentence a question although it names a choice."""
TELLING = re.compile(
    r"后来|还有|当时|还[收要拿让说骂打]|[收拿要给骂打][了过]|威胁|而且|另外|然后|之前|结果|补充|忘了说|他还|她还|他们还|他又"
    r"|让我|叫我|跟我|要我"
    r"|\b(?:also|then|later|besides|furthermore|forgot to|another thing|he|she|they|told me|asked me|asked us|took|said"
    r"|wanted|demanded|threatened)\b",
    re.IGNORECASE,
)
"""What makes a sentence part of a story."""
STILL_WANTED = re.compile(
    r"(?:不|别|先不|不想|不要|不用|不能)撤|算了"
    r"|\b(?:don'?t|do not|not|won'?t) withdraw|\bkeep it\b|\bnever ?mind\b|\bleave it\b",
    re.I,
)
"""Said where a report is about to be withdrawn: it is not."""
SAID_WITH_WISH = re.compile(
    r"[^:：]{1,50}[:：]\s*(?P<said>\S.{7,})$|[^，,]{0,8}补充[^，,]{0,4}[，,]\s*(?P<more>\S.{3,})$", re.DOTALL
)
"""What a wish to add something says besides: "I want to add: …"."""
REASON = re.compile(r"\bbecause\s+\S|因为\S", re.IGNORECASE)
"""A wish that gives its reason: its words belong to the matter."""
_ORDINAL = re.compile(r"第\s*([一二三四五六七八九十]|\d{1,2})")
_ORDINALS = {numeral: n for n, numeral in enumerate("一二三四五六七八九十", 1)} | {str(n): n for n in range(1, 11)}


def ordinal_in(text: str) -> int | None:
    """Return which of a list "第二个" means, 1 to 10; None when nothing is said."""
    place = _ORDINAL.search(text)
    return _ORDINALS.get(place[1]) if place else None


def after_wish(text: str) -> str:
    """Return what is told after "I want to report:"; "" when nothing is."""
    match = _WISH.match(text.strip())
    return (match["told"] or match["told2"]).strip() if match else ""
