"""Whose a name is: the reporter's, the accused's, somebody else's; read from the words around it.

Cues are asked in the order of their danger: who writes, who stands by them, whom it is against. A name without a
cue is a third party, and so offered for masking.
"""

import re
from collections.abc import Sequence
from typing import Final

from casework.finders.normal import View
from casework.finders.values import Spot, Whose
from casework.finders.wordlists import alternatives, official_titles

REACH: Final = 30
TITLE_ZH: Final = official_titles()
TITLE_EN: Final = (
    "director|chief|secretary|head|mayor|manager|officer|inspector|clerk|official|boss|captain|judge|principal|"
    "leader|cadre|headmaster|headteacher|superior|supervisor"
)
_KIN_ZH: Final = alternatives("relations_zh")
_KIN_EN: Final = (
    r"neighbou?r|colleague|friend|witness|eyewitness|wife|husband|hubby|son|daughter|father|mother|brother|sister|"
    r"uncle|aunt|cousin|nephew|niece|partner|classmate|workmate|co-?worker|assistant|employee|apprentice|landlord|"
    r"landlady|tenant|relative|"
    r"parent|child|kid|developer|builder|contractor|cashier|bookkeeper|pensions? of|villager|worker|victim"
)
_SELF: Final = re.compile(
    r"(?:[我俺咱](?:家)?(?:名字?|姓名)?叫做?|[我俺]姓|叫我|喊我|本人(?:姓名|名?叫|是)?|我的名字叫?是?|"
    r"我名字叫?是?|(?:英文|中文|大)名字?|"
    r"(?<!被)(?:举报|反映|投诉|申请|报告|联系|具名|信访|来信)(?:人|者)|法定代表人|法人代表|(?<!被)法人|署名|(?:核实|"
    r"找|"
    r"问)(?:的话)?(?:请|可|可以)?联系|(?:account holder|contact(?: person)?)|收件人|attention|attn|thanks|"
    r"\bname|落款|签名|姓名|真名|全名|"
    r"鄙人|在下)(?:人|者)?[是叫::,，\s]{0,3}$"
    r"|(?<![让叫给跟问对和向找把被诉帮陪带求])[我俺]$|我(?:单位|公司)职工$|^(?!.*对方)[^他她]*(?:手机|"
    r"电话)[^他她对方]{0,20}[,，]姓$"
    r"|(?:我|俺|本人)是(?![^,，。;；\n]*[被找跟给让在向])[^,，。;；\n]{0,22}$"
    r"|(?:我|俺|本人)(?:就是[^,，。]{0,22}的|是[^,，。]{0,22}的|[,，])$"
    r"|\b(?:i am|i'm|im)\s(?:a|an|the|one)\b[^.;]{0,50}\b(?:called|named)\s$"
    r"|(?:我|俺|本人)是[^。;；\n]{0,22}[,，]\s?(?:名?叫|姓名)$"
    r"|\b(?:my (?:full |real )?name(?:'s| is)?|i am|i'm|im|i,|its|it's|this is|call me|signed|sincerely|regards|"
    r"wishes|faithfully|truly|yours|(?:sent|handed in|submitted|written|filed) by|(?<!accused )reporter|complainant|"
    r"^name|^surname|^from)[\s,:.]*(?:is\s*)?[-\n\s]*$"
    r"|^\s*(?:me|[-–—])[,:]?\s*$",
    re.IGNORECASE,
)
_NOT_SELF: Final = re.compile(r"的|律师|老师|大夫|师傅|阿姨|大爷|大哥|大姐")
_ACCOUNT_OF: Final = re.compile(r"(?:户名|开户名)[是为:]?\s?$")
_NOT_MINE: Final = re.compile(r"[他她让叫逼]|对方|转[给到]|打[给到]|汇[给到]")
_SELF_AFTER: Final = re.compile(
    r"^\s?(?:[(（][^)）]{0,40}[)）]\s?)?(?:实名)?(?:反映|举报|投诉|控告|reports?\b)|^\s?[(（]?(?:也?就)?是我(?!们|"
    r"的?[领上同朋邻爱老])|^\s?(?:亲)?收(?=[。，,；;\s]|$)|"
    r"^\s?[,，(（]?\s?(?:就是我|就是本人|本人[)）])|^\s?\((?:me|the undersigned|myself)\)|^,?\s(?:that'?s|that is|"
    r"it'?s) me\b|"
    r"^,?\s(?:here|speaking)\b(?!\s(?:is|are))|^\sis my (?:full |real )?name\b|"
    r"^的(?:就|只有)我|^代表[^,，。]{0,10}(?:递交|提交|反映|举报|联名)|"
    r"^,\s[^.;\n]{0,40}[,:]\s?\+?\d[\d\s-]{6}"
)
_CALLED_OUT: Final = re.compile(r"[:“”\"]\s?$|\b(?:shouted|said|yelled)[:,]\s$")
_SPOKEN_TO: Final = re.compile(r"^[,，]?\s?你|^,\s(?:you|get|go|leave|come|wait|be|don't|do not|watch|stop|shut)\b")
_ASKED_FOR: Final = re.compile(
    r"(?:请|可以?)?(?:联系|找)(?:一下)?$|\b(?:ask for|reply to|contact|write (?:back )?to)\s(?:(?:mr|mrs|ms|"
    r"miss)\.?\s)?$",
    re.IGNORECASE,
)
_SENT_THERE: Final = re.compile(
    r"让|叫|说|要|去|他|\b(?:told|said|had to|have to|must|should|he|she|they)\b", re.IGNORECASE
)
_REACHED: Final = re.compile(
    r"\d{4}|@|电话|手机|座机|微信|有事|急|\byou (?:can|may|could)|\b(?:tel|phone|mobile)\b", re.IGNORECASE
)
_NUMBERED: Final = re.compile(
    rf"^[\s,，:：(（]{{1,3}}(?:\+?\d|[\w.+-]+@|(?i:电话|手机|联系|tel|phone|"
    rf"mobile))(?!.{{0,40}}\b(?:{TITLE_EN})\b)"
)
_INTRODUCED: Final = re.compile(rf"^,\s(?![^\n]*\b(?:{TITLE_EN})\b)[a-z][a-z\s]{{2,30}}(?:$|[,.\n]\s*(?:[\d+]|$))")
_KIN: Final = re.compile(
    rf"(?:(?<!举报)(?<!反映)(?<!投诉)(?<!控告){_KIN_ZH}|大爷|孩子|老板|开发商|见证人|我们?(?:单位|公司)的?)(?:是|叫|"
    rf":|,|，|、|\s)*$"
    rf"|\b(?:{_KIN_EN})(?:e?s)?[\s,:]*(?:is\s|was\s|called\s|named\s)?$",
    re.IGNORECASE,
)
_STANDS_BY: Final = re.compile(
    r"^[^,，。;；]{0,3}(?:作证|证明|证实|见证|在场|看见|看到|目睹|听见|知情|知道(?!是我|了)|敢|不敢|被|也|怕|受害|陪|"
    r"家[也的里被])"
    r"|^[^,，。;；]{0,4}(?:(?:告诉|提醒|劝|帮|帮助)(?:过|了)?(?:我|俺)|偷偷|悄悄|(?:跟|对|给)(?:我|俺)们?(?:说|讲|看|"
    r"透露|提供))"
    r"|^[^。;；]{0,20}(?:(?:别|不要)(?:连累|牵连|为难)|保护[他她]|please protect)"
    r"|^\s(?:can|could|will|would|saw|heard|witnessed|knows?|agreed|refused to (?:pay|sign|drink)|is (?:ready|"
    r"willing|my)|was (?:there|present|"
    r"fined|beaten|also)|too|also|paid|told (?:me|us) (?:that |how )?(?:he|she|they)|(?:secretly|helped|warned))\b"
    r"|^[^.;]{0,50}\b(?:protect (?:him|her)|secretly|was kind|helped (?:me|us))\b",
    re.IGNORECASE,
)
_UNIT_ZH: Final = (
    r"(?:[局委]|(?<!经)办|(?<!家属)(?<![大小前后住])院|[派究务]所|所里|(?<!我)所|(?<![学百内外儿眼骨牙妇专])科|街道|"
    r"社区|大队|中队|学校|窗口|大厅|"
    r"柜台|"
    r"人社|信访|住建|城管|环保|税务|消防|公安|国土|民政|卫健|教育|市监|财政|农业|水务|[镇乡局村院所](?:里|上))"
)
_AGAINST: Final = re.compile(
    rf"(?:(?:(?:举报|反映|投诉)(?![人者])|查处|核查|严查|调查|控告|检举|揭发|状告|被举报人|被反映人|被投诉人|当事人|"
    rf"(?:举报|反映|投诉)对象|"
    rf"收钱的人?叫?|收钱的是|都?[叫喊]他)[^,，。;；!！?？\n]{{0,16}}|"
    rf"(?:{TITLE_ZH})(?:名?叫|是|:)?\s?)$"
    r"|[\"”]\s?said\s$"
    r"|^\s?(?:他|她|对方[^。]{0,24})姓$|(?:跟|和)(?:他|她)[^,，。]{0,4}的$|\b(?:boss|leader|manager)(?:叫|是)$"
    r"|(?:胸牌|工作?牌|名牌|姓名牌|胸卡|桌牌|名签|工作证)[^。;；]{0,8}$"
    r"|(?:别|不要|不能|不想|不敢|请勿|怕|以免|不让)[^,，。;；]{0,4}(?:让|给|告诉|叫|转到|被)$|(?:怕|得罪|害怕|"
    r"瞒着)(?:了)?$"
    r"|(?:钱|款|红包|礼|元|块|万|烟|酒|卡|信封)[^,，。;；]{0,10}[给进到入](?:了)?$|别看$"
    r"|(?:[让叫逼]我?|要求|要我|(?:转|打|汇|付)[钱给到了]|[钱款](?:转|打|汇))[^。;；退]{0,40}(?:户名|收款人|收款方|"
    r"账户名)[是为:]?$"
    rf"|(?:举报|反映|投诉)(?![人者])[^。;；]{{0,20}}(?:{TITLE_ZH})[,，]$"
    r"|经查[,，]?$|^(?!.*(?:退|补贴|我)).*(?:收款人|收款方)[是为:]?$"
    rf"|\b(?:accuse|accused|report|reporting|complain(?:ing)? (?:about|of)|complaint (?:is )?(?:about|against)|"
    rf"against|"
    rf"denounce|{TITLE_EN}|deputy|called|named|one)\b\.?[\s,:]*(?:the\s|a\s|an\s|one\s)?(?:(?!and|my|i|"
    rf"from)[\w'-]+\s){{0,2}}$"
    r"|\b(?:badge|name ?plate|name ?tag|name ?card|plate|sign)\b[^.;]{0,12}(?:said|says|reads?|is|was|:)\s$"
    r"|\b(?:not|don't|never|dont)\s(?:let|tell|show|inform|(?:give|send|forward|pass|hand)(?: (?:it|this|me|"
    r"\w+ \w+))? (?:on )?to)\s$"
    r"|\b(?:afraid of|fear|scared of|revenge (?:of|by|from)|if)\s$"
    r"|\b(?:man|woman|lady|guy|girl|boy|person|one|fellow)\s(?:at|in|behind|from|on|with|"
    r"i complain)\b[^.;]{0,30}?(?:,|\sis|\swas)\s$"
    r"|(?:严惩|严查|查查|惩治|处理|处分|查办|追究|管管|治治|查一查|查一下|管一管|问责)(?:一下)?$|(?:希望|请|要求|"
    r"恳请|建议)[^。;；]{0,10}(?:把|"
    r"让|将)$"
    r"|\b(?:punish|investigate|stop|dismiss|look into)\s$|\bthe money (?:went|goes|ended(?: up)?) (?:to|with|"
    r"in the pocket of)\s$"
    r"|\b(?:(?:payee|recipient)(?: (?:is|was)|:)|introduced (?:him|her)self as|"
    r"goes by|a certain|the money went to|(?:contract|job|post|land|project) to|(?<!not )(?:calls?|called|"
    r"know) (?:him|her)(?: as)?|they sent)\s"
    r"(?:(?:mr|mrs|ms|miss|old|big|little|lao|xiao|sister|brother)\.?\s){0,2}$"
    rf"|\b(?<!my )(?:{TITLE_EN})\b[^.;,]{{0,24}}\sis\s$"
    r"|\b(?:transfer|pay|wire|send)[^.;]{0,50}\bin the name of\s$"
    r"|\b(?:i|we)\s(?:have |had |then |also |did not |didn't )?(?:give|gave|pay|paid|bribed|handed|sent)\s(?:(?:the|"
    r"a|an|"
    r"my|this)\s[\w-]+\sto\s)?$",
    re.IGNORECASE,
)
_AT_POST: Final = re.compile(
    rf"(?:[局所院委办镇乡科处队][的一][^,，。]{{0,3}})$|(?<!我)(?<!我们)(?<!我的){_UNIT_ZH}的?$"
    r"|(?:那个|这个|有个|窗口|柜台|前台|值班|办事|手续|对接|接待|负责|小伙子?|姑娘|女的|男的|"
    r"来)[^,，。我]{0,6}(?:叫做?|是|姓|的)$"
)
_PRONOUN_NAMED: Final = re.compile(
    r"(?:他|她)(?:的?名字)?(?:名?叫|是)$|\b(?:his|her) name (?:is|was)\s$", re.IGNORECASE
)
_KIN_SOMEWHERE: Final = re.compile(rf"{_KIN_ZH}|\b(?:{_KIN_EN})\b", re.IGNORECASE)
_DONE_TO: Final = re.compile(
    r"(?:把|让|(?<![a-z子人的个位名娘他她导长任记员])叫|逼|(?:骂|打|开除|骚扰|威胁|扣|罚|抓|推|调走|辞退|陷害|"
    r"报复|欺负|处分)了?)$"
    r"|\b(?:fired|hit|beat|insulted|sacked|dismissed|transferred|sent|forced|made|harassed|threatened|fined|"
    r"punished|bullied|(?:shouted|yelled) at|detained|arrested|pushed|moved)\s$",
    re.IGNORECASE,
)
_WISHED: Final = re.compile(
    r"希望|请|要求|恳请|建议|别|不要|不能|不想|不敢|怕|不让|\b(?:please|must|should|hope|"
    r"want you to)\b",
    re.IGNORECASE,
)
_BY_US: Final = re.compile(r"\b(?:i|we|they)\b[^.]{0,12}$|我(?:们)?[^,，。]{0,3}$", re.IGNORECASE)
_QUARRELLED: Final = re.compile(r"我[^,，。]{0,3}[跟和与]$")
_QUARREL: Final = re.compile(r"[吵闹]|翻脸|打起|打过|红过脸")
_GIVEN_TO: Final = re.compile(r"(?:给|向|替)$")
_GIFT: Final = re.compile(r"^(?:局长|主任|科长|书记|所长|领导)?(?:送|塞|买|装修|上供|打点|进贡|行贿|拿了|办了)")
_GAVE_EN: Final = re.compile(r"\b[A-Z][\w'-]+ (?:gave|paid|bribed|did up the (?:flat|house) of)\s$")
_POSTED: Final = re.compile(
    r"(?:村|镇|乡|街道|社区|局|所|学校|医院)(?:会计|出纳|老师|医生|大夫|护士|秘书|负责人|经理|干部)(?:名?叫|是|:)?$"
)
_DONE_BY: Final = re.compile(r"[^,，。]{0,3}[领拿占扣收贪分挪骂打罚辞卖拖压锁赶抢骗冒截停拆吞]")
_FEARED: Final = re.compile(
    rf"^(?:知道(?:是我|了)|报复|指使|授意|安排的|背后|在背后|说情|求情|理论|讨说法|要说法|使坏|捣鬼|撑腰|一手遮天|"
    rf"说了算|一个人说|(?:签|批)的|"
    rf"当(?:了|过)?(?:{TITLE_ZH}|会计|出纳)|"
    rf"的(?:司机|秘书|手下|下属|办公室|小舅子))"
    rf"|^[,，]?\s?(?:他|她|就)?是(?:我|我们|咱)(?:们)?的?[^,，。]{{0,4}}(?:领导|上司|{TITLE_ZH})"
    rf"|^(?:'s)?\s?,?\s(?:he|she|who)\sis\s(?:my|our)\s(?:\w+\s){{0,2}}(?:{TITLE_EN})\b"
    r"|^'s\s(?:pocket|driver|secretary|office|car|window|desk|brother-in-law)\b|^\s(?:learns|finds out|hears|"
    r"gets to know)\b"
    r"|^\s(?:handle|deal with|investigate|decide)\b",
    re.IGNORECASE,
)
_ME_ZH: Final = r"(?:我|俺|咱|群众|大家|人家|村民|老百姓|企业|商户|别人)"
_ACTING: Final = re.compile(
    rf"^(?:[^,，。;；]{{0,4}}[,，]\s?(?:他|她)(?:都|就|却)?)?(?:同志|的[^,，。]{{0,3}}(?:{TITLE_ZH})|(?:等|"
    rf"[两二三四几]名|[两二三四几][人位])?副?(?:{TITLE_ZH})|"
    rf"(?:二人|两人|两个人|这个?人|那个[^,，。]{{0,2}}|一伙)?于?(?:他|她)?(?:多次|一直|经常|总是|当场|公然|上班时间|"
    rf"一个月|"
    rf"在[^,，。]{{1,6}}[上里]|"
    rf"又|还|就|也|则|说|私下|利用|向我|找我|让我|叫我|逼我|不给|故意|态度|作为|已经|去年|今年|轮着|天天|"
    rf"来){{0,3}}(?:收|索|要(?!是)|贪|"
    rf"受贿|拒|刁难|拖|打(?!电)|骂|威胁|利用|滥用|挪用|侵占|克扣|扣|截留|套取|催|上门|还说[,，:]|仗|不是(?:东西|人)|"
    rf"一句话|"
    rf"卡(?!里|号)|吃|拿(?!着)|不作为|"
    rf"推诿|推|"
    rf"乱|违规|违法|包庇|强迫|"
    rf"敲诈|勒索|暗示|态度|横行|迟到|旷工|脱岗|喝酒|玩(?!笑)|不[给让批办盖签管理肯接认发]|说(?:归|要|得|不(?!敢)|没|"
    rf"再|谁|先|让|系统)|"
    rf"拍[着了]?桌|管着|把[^,，。;；]{{0,12}}(?:占|卖|包|关|锁|安排|发|打|扔|摔|扣|收|拿|撤|压|赶|截)|"
    rf"给[^,，。]{{0,8}}穿小鞋|(?:让|叫|逼){_ME_ZH}|"
    rf"(?:跟|向|对|找|朝|给){_ME_ZH}们?(?:开口|要|索|收|吼|发火|拍|瞪|骂|动手|摆|穿|使)|(?:让|叫|"
    rf"逼)[^,，。]{{1,6}}[去来陪交写改喝签送]|(?:和|跟|与)[^,，。]{{1,6}}(?:吃饭|喝酒|勾结|串通|打牌|打麻将|分钱)|"
    rf"[,，(（](?![^。]{{0,30}}(?:实名|举报|反映|投诉|电话|手机|联系|"
    rf"本人))[^,，。;；我]{{0,12}}(?:{TITLE_ZH})(?=[,，。;；)）]|$)|"
    rf"[,，][男女][,，][^。;；]{{0,30}}(?:{TITLE_ZH})|规定|这个?人(?:太|真|很|"
    rf"特别)))"
    rf"|^\s(?:has been|is|was) (?:the |a |our |their |deputy |vice |section )*(?:{TITLE_EN})\b"
    rf"|^\s?(?:(?:,|\()?\s?(?:the |a |an |deputy |vice |section )*(?:{TITLE_EN})s?\b|"
    rf"[,(]\s?(?:\d\d,\s)?(?:both |all )?(?:the |a |an |our |"
    rf"their )?(?:(?!(?:of|to|when|while|because|if|for|from|by|with|my|"
    rf"his|her|and|is|was|in|at)\b)"
    rf"[\w-]+ ){{0,2}}(?:{TITLE_EN})s?\b|"
    r"(?:has |have |had |always |repeatedly |openly |then |kept |keeps |keep |also |again |who |just |"
    r"only )*(?:demand|ask(?:ed|s|"
    r"ing)? (?:me|us|for)|took|takes?\b|taking|refus|solicit|extort|embezzl|brib|accept|abus|threat|insult|shout|"
    r"delay|fined|told (?:me|us) (?:to|no|not|i|that i|we|it|this|nothing)\b|pocket|misus|block|reject|charged|"
    r"forced|wanted|wants|made|makes|stopped|stops|sold|sells|"
    r"eats|plays|drinks|sleeps|laughed|threw|leased|lets|signs|signed|ordered|sign nothing|shut|sent (?:his|her|"
    r"their|me|us)|came with|comes|said (?:no\b|if\b|(?:i|we) (?:must|had)|to pay)|"
    r"hit|beat|cursed|yelled|keeps?|kept|gave the (?:post|job|contract)))"
    r"|^\s[^,.;]{0,20}(?:,|\sand|\sbut)\s(?:he|she)\s(?:ignored|refused|shut|laughed|demanded|wanted|asked|threw|"
    r"shouted|never|said no|sent me)|^\sis (?:so |very |a |totally )*(?:corrupt|bully|rude|greedy|lazy|crook|thief)\b"
    r"|^\s(?:at|from|of|behind|in)\s(?:the\s)?[\w\s-]{0,30}?(?:bureau|office|window|committee|court|station|counter|"
    r"desk|hospital|school|hall|township|"
    r"department|government)\b",
    re.IGNORECASE,
)
_TITLED: Final = re.compile(rf"^副?(?:{TITLE_ZH})")
_POLITE: Final = re.compile(r"\b(?:mr|mrs|ms|miss)\.?\s$", re.IGNORECASE)
_STATED: Final = re.compile(
    r"^\s(?:said|laughed|shouted|closed|signed|wanted|told|refused|demanded|asked|took)\b", re.IGNORECASE
)
_STOP: Final = re.compile(r"[。!！?？\n;；]|(?<!\bmr)(?<!\bms)(?<!\bdr)(?<!\bmrs)\.\s", re.IGNORECASE)
_JOINED: Final = re.compile(r"^(?:和|、|与|及|跟|,\s|\sand\s|\s?&\s?)$")
_SIGNED: Final = re.compile(r"^\s*(?:[\d年月日./\-\s]{0,14}|[\d\s.-]+)\s*$")
_AFTER_NUMBER: Final = re.compile(r"^(?!.*[他她])(?:.*\d{4}|.*找我)[,，\s]{1,2}$", re.DOTALL)
_LONG_REACH: Final = 64


def whose_names(spots: Sequence[Spot], view: View, accused: Sequence[str]) -> dict[str, Whose]:
    """Say for each name of the text whom it means; the same name means the same person throughout."""
    meant = [_meant(spot, view, accused) for spot in spots]
    for place in (*range(len(spots) - 2, -1, -1), *range(len(spots) - 1)):
        between = view.text[spots[place].end : spots[place + 1].start]
        pair = {meant[place], meant[place + 1]}
        if not _JOINED.match(between):
            continue
        if pair == {None, Whose.ACCUSED}:
            meant[place] = meant[place + 1] = Whose.ACCUSED
        elif meant[place] is Whose.OTHER and meant[place + 1] is Whose.ACCUSED:
            meant[place + 1] = Whose.OTHER
    found: dict[str, Whose] = {}
    for spot, whose in zip(spots, meant, strict=True):
        name = view.text[spot.start : spot.end]
        if found.get(name) in (None, Whose.OTHER):
            found[name] = whose or Whose.OTHER
    parts = {part: whose for name, whose in found.items() if " " in name for part in name.split()}
    return {name: (parts.get(name, whose) if whose is Whose.OTHER else whose) for name, whose in found.items()}


def _meant(spot: Spot, view: View, accused: Sequence[str]) -> Whose | None:
    """Return whom the words around this one place mean; None where they do not tell."""
    name = view.text[spot.start : spot.end]
    if any(name in known or known in name for known in accused if known):
        return Whose.ACCUSED
    before, after = clause_before(view, spot.start, _LONG_REACH), view.text[spot.end : spot.end + _LONG_REACH]
    near = before[-REACH:]
    if _is_the_writer(before, after) or _is_signature(view, spot) or _is_asked_for(before, after):
        return Whose.REPORTER
    if _ACCOUNT_OF.search(near) and not _NOT_MINE.search(before):
        return Whose.REPORTER
    if _is_feared(name, near, after):
        return Whose.ACCUSED
    if _KIN.search(near):
        return Whose.OTHER
    return _by_deeds(before, after)


def _is_the_writer(before: str, after: str) -> bool:
    if _CALLED_OUT.search(before) and _SPOKEN_TO.match(after):
        return True
    return bool((_SELF.search(before) and not _NOT_SELF.match(after)) or _SELF_AFTER.match(after))


def _is_feared(name: str, before: str, after: str) -> bool:
    """The writer's superior, whoever has power over them, and who holds a title: accused, whatever else is said."""
    if before.endswith("被") and _DONE_BY.match(after):
        return True
    if _QUARRELLED.search(before) and _QUARREL.match(after):
        return True
    gift = _GIVEN_TO.search(before) and _GIFT.match(after)
    return bool(
        re.search(rf"(?:{TITLE_ZH})$", name)
        or _POSTED.search(before)
        or _FEARED.match(after)
        or gift
        or _GAVE_EN.search(before)
    )


def _by_deeds(before: str, after: str) -> Whose | None:
    """Whom it is against, by what is said of them; who can bear witness or suffered too is a third party."""
    if _POLITE.search(before) and not _AGAINST.search(before):
        if _STANDS_BY.match(after):
            return Whose.OTHER
        return Whose.ACCUSED if _STATED.match(after) or _ACTING.match(after) else None
    done_to = _DONE_TO.search(before)
    if done_to and not _WISHED.search(before) and not _BY_US.search(before[: done_to.start()]):
        return Whose.OTHER
    if _AGAINST.search(before) or _TITLED.match(after):
        return Whose.ACCUSED
    if _STANDS_BY.match(after):
        return Whose.OTHER
    named = _PRONOUN_NAMED.search(before) and not _KIN_SOMEWHERE.search(before)
    return Whose.ACCUSED if named or _AT_POST.search(before) or _ACTING.match(after) else None


def _is_asked_for(before: str, after: str) -> bool:
    """Who is to be asked for, beside a telephone or an address, is the writer; not whom one was sent to."""
    asked = _ASKED_FOR.search(before)
    if not asked or _SENT_THERE.search(before[: asked.start()]):
        return False
    return bool(_REACHED.search(before) or _REACHED.search(after))


def _is_signature(view: View, spot: Spot) -> bool:
    """A name alone on the last line, or before all else, a day, a telephone or a trade behind it, is the writer's."""
    after = view.text[spot.end :]
    if not view.text[: spot.start].strip(" \t!！") and (_NUMBERED.match(after) or _INTRODUCED.match(after)):
        return True
    before = view.text[max(0, spot.start - REACH) : spot.start]
    if _AFTER_NUMBER.search(before) and not after.strip(" 。.!！"):
        return True
    return before.rstrip(" \t").endswith("\n") and bool(_SIGNED.match(after))


def clause_before(view: View, start: int, reach: int = REACH) -> str:
    """Return what stands before `start` in its sentence, at most `reach` characters."""
    before = view.text[max(0, start - reach) : start]
    stops = [match.end() for match in _STOP.finditer(before[:-1])]
    return before[stops[-1] :] if stops and not before[stops[-1] :].isspace() else before
