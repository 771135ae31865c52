"""Words for error codes and field problems: the only place where an error becomes a sentence.

To add a code: put it in ERRORS (title, what to do next) or FIELD_PROBLEMS (one sentence), each word in `mark(…)`, with
`%(name)s` placeholders that the error's details fill; then add the English with
`python -m chalicelib.web.i18n add words.json`. A test holds that every error of the domain has its words.
A scenario's or tenant's own labels never come here: they are data.
"""

from typing import Any, NamedTuple

from chalicelib.domain.errors import FieldProblem, InvalidInputError, YijianshiError
from chalicelib.web.i18n import current_locale, mark, translations
from chalicelib.web.people_problems import PEOPLE_PROBLEMS
from chalicelib.web.register_words import REGISTER_PROBLEMS


class ErrorWords(NamedTuple):
    """title: what happened; advice: what the reader can do."""

    title: str
    advice: str


ERRORS: dict[str, tuple[str, str]] = {
    "error": (mark("没有办成"), mark("请稍后再试；还是不行，请联系管理员。")),
    "invalid_input": (mark("填写的内容有误"), mark("请按下面的提示改正，已填的内容都还在。")),
    "not_found": (mark("没有找到"), mark("可能已经移走，或者不在您的权限内。请从首页重新进入。")),
    "not_allowed": (mark("您没有这项权限"), mark("需要办理时，请联系本单位的统筹岗。")),
    "not_authenticated": (mark("请先登录"), mark("登录已过期或尚未登录。登录后会回到这一页。")),
    "conflict": (mark("内容刚被别人改过"), mark("请刷新后看最新内容，再重新提交。")),
    "illegal_transition": (mark("现在还不能走这一步"), mark("请先办完前面的步骤，或刷新看最新进度。")),
    "already_exists": (mark("已经有了"), mark("请打开已有的记录，不用再建。")),
    "channel_refused": (mark("消息没有发出去"), mark("系统会过一会儿再试。")),
    "post_refused": (mark("没有推送出去"), mark("系统会过一会儿再试。")),
    "webhook_signature_refused": (mark("推送的签名对不上"), mark("请用收到的原文和现在的密钥再核对。")),
    "tenant_required": (mark("系统出错了"), mark("已经记录，请稍后再试。")),
    "too_many_requests": (mark("操作太频繁"), mark("请过一会儿再试。")),
    "too_large": (mark("提交的内容太大"), mark("请控制在%(limit)s字节以内；大文件请先取上传地址，再直接上传。")),
    "precondition_failed": (mark("内容刚被别人改过"), mark("请重新读取，核对后带上新的版本号（ETag）再提交。")),
    "precondition_required": (mark("没有说明改的是哪一版"), mark("请先读取，再在If-Match里带上读到的版本号（ETag）。")),
    "key_reused": (mark("这个幂等键已经用于别的请求"), mark("同一个键只能重发同一个请求；新的请求请换一个新键。")),
    "part_over": (mark("这一段的时间用完了"), mark("作业会从停下的地方自动继续。")),
    "job_cancelled": (mark("作业已停止"), mark("已经写好的仍然保留；要接着办，请在作业页点“继续”。")),
    "job_ended": (mark("作业已经结束"), mark("请刷新作业页看结果。")),
    "already_done": (mark("已经办过了"), mark("这一步先前已经提交成功，不用再交。")),
    "too_often": (mark("操作太频繁"), mark("请%(minutes)s分钟后再试。")),
    "too_many_tries": (
        mark("绑定码输错太多次"),
        mark("请%(minutes)s分钟后再试；通知书上看不清的，请向发通知的部门核实。"),
    ),
    "limit_reached": (mark("已经到上限"), mark("请核对次数限制；确有需要，请走加急审批。")),
    "sign_in_required": (mark("请先登录"), mark("登录已过期或尚未登录。登录后会回到这一页。")),
    "sign_in_failed": (mark("这次登录没有成功"), mark("登录等得太久，或不是从这个浏览器开始的。请重新登录。")),
    "invalid_token": (mark("访问令牌无效"), mark("请重新取得访问令牌后再调用。")),
    "invalid_signature": (mark("签名不对"), mark("请核对密钥、时间和签名的算法；时间差不能超过5分钟。")),
    "no_membership": (
        mark("这个账号还没有绑定到人"),
        mark("单位的人请联系本单位的安全管理员绑定账号；企业的人请扫送达通知书上的二维码，用绑定码自己绑定。"),
    ),
    "tenant_not_chosen": (mark("还没有选择单位"), mark("请先选择要办事的单位；接口调用请用X-Tenant指明。")),
    "method_not_allowed": (mark("这个地址不接受这种操作"), mark("请返回上一页，从页面上的按钮重新操作。")),
    "unsupported_media_type": (mark("提交的格式不能处理"), mark("请按说明的格式提交。")),
    "unreadable_request": (mark("提交的内容读不懂"), mark("请检查内容的格式后再提交。")),
    "identity_unavailable": (mark("统一身份认证暂时没有回应"), mark("请稍后重新登录。")),
    "storage_unavailable": (mark("系统暂时忙"), mark("内容没有丢失，请稍后再试。")),
    "unexpected": (mark("系统出错了"), mark("已经记录，请稍后再试。")),
    "policy_denied": (mark("系统出错了"), mark("已经记录，请稍后再试。")),
    "results_differ": (
        mark("已发布的旧版本，现在算出来不一样了"),
        mark("请看哪些样例不一样；确实应当这样的，写明原因再发布。"),
    ),
    "package_changed": (mark("场景包改了，版本号没有改"), mark("已发布的版本不能再改。请场景包的作者换一个版本号。")),
    "scenario_unfinished": (
        mark("场景包还没有写完"),
        mark("还有%(missing)s处没有写好或者没有依据；确实要现在启用的，请确认（is_confirmed）。"),
    ),
    "package_not_published": (
        mark("平台还没有发布这个版本"),
        mark("请平台运营先发布场景包的这个版本，再发布本地调整。"),
    ),
    "calendar_missing": (mark("缺%(year)s年的工作日历"), mark("请管理员先导入这一年的法定节假日安排，再办理。")),
    "inspector_shortage": (mark("可抽的执法人员不够"), mark("请补充人员，或核对回避和证件有效期后再抽。")),
    "invalid_draw": (mark("抽取的条件不成立"), mark("请核对抽取池、比例和名额后再试。")),
    "invalid_beacon": (mark("随机信标不能用"), mark("请核对来源和期号；信标须晚于承诺存证的时间。")),
    "commitment_not_logged": (mark("承诺还没有进入存证"), mark("请等存证签发后再揭示随机数。")),
    "second_person_needed": (mark("这一步要由另一个人确认"), mark("请换一位有权限的人办理。")),
    "deputy_ended": (mark("代行已经结束，这一步没有办"), mark("请回到首页，用您本人的身份办理，或联系原来的人。")),
    "signature_refused": (mark("签名对不上"), mark("请核对文件是否完整、密钥是否正确。")),
    "answer_conflict": (mark("这一项别人刚填过"), mark("请看过对方填的内容，再决定留哪一个。")),
    "broken_scenario": (mark("场景包有错"), mark("请场景作者按检查结果改好后再用。")),
    "csrf_failed": (mark("页面已经过期"), mark("请返回上一页，刷新后再提交。")),
}

FIELD_PROBLEMS: dict[str, str] = {
    "required": mark("请填写“%(label)s”"),
    "not_chosen": mark("请选择“%(label)s”"),
    "too_long": mark("“%(label)s”太长，请缩短"),
    "too_short": mark("“%(label)s”太短，请补全"),
    "not_a_number": mark("“%(label)s”要填数字"),
    "out_of_range": mark("“%(label)s”超出允许的范围"),
    "not_a_date": mark("“%(label)s”要填日期，如2026-11-23"),
    "moment_to_come": mark("“%(label)s”不能晚于现在"),
    "too_long_ago": mark("“%(label)s”最多往前%(days)s天"),
    "visit_before_its_day": mark("检查排在%(day)s，提前检查要写明理由"),
    "date_in_past": mark("“%(label)s”不能早于今天"),
    "date_in_future": mark("“%(label)s”不能晚于今天"),
    "date_before_visit": mark("“%(label)s”不能早于检查日期"),
    "dates_reversed": mark("“%(label)s”的结束早于开始"),
    "unknown_choice": mark("“%(label)s”不在可选范围内，请重新选择"),
    "invalid_credit_code": mark("统一社会信用代码不对，请核对18位字符"),
    "file_missing": mark("请选择“%(label)s”的文件"),
    "file_too_large": mark("“%(label)s”的文件太大"),
    "file_type_refused": mark("“%(label)s”的文件类型不能上传"),
    "not_a_time": mark("“%(label)s”要填日期和时间"),
    "beacon_missing": mark("请至少选两个部门封存随机数，或填一期公开开奖"),
    "two_departments": mark("封存随机数要两个以上不同的部门"),
    "beacon_too_early": mark("“%(label)s”至少要在一小时以后，好让存证先签名"),
    "fallback_is_the_same": mark("备用开奖不能与指定的是同一期"),
    "fallback_too_early": mark("备用开奖要晚于揭示时限和指定的一期"),
    "not_a_digest": mark("摘要要填64位十六进制数"),
    "not_a_seed": mark("随机数要填64位十六进制数"),
    "seed_of_another_department": mark("这个摘要别的部门已经用了，请重新生成随机数"),
    "seed_not_committed": mark("%(source)s还没有封存随机数"),
    "numbers_differ": mark("与第一次录入的不一致，请两人再对照公告核对"),
    "beacon_secret_length": mark("随机数要填64位十六进制数"),
    "beacon_not_the_committed_seed": mark("与封存时的不是同一个随机数，请核对本部门保存的文件"),
    "beacon_revealed_too_late": mark("已过揭示时限，将改用备用开奖，不能再揭示"),
    "beacon_number_count": mark("号码个数不对，应为%(expected)s个"),
    "beacon_number_range": mark("号码要在%(lowest)s到%(highest)s之间"),
    "beacon_number_repeated": mark("号码有重复，请核对"),
    "beacon_known_before_it_was_held": mark("这一期还没有开奖"),
    "beacon_known_before_checkpoint": mark("这个结果早于承诺的存证，不能使用"),
    "beacon_not_later_than_checkpoint": mark("随机源的时间早于承诺的存证，请作废后重新抽取"),
    "basis_outdated": mark("%(citation)s已修订或废止，请改引现行依据"),
    "basis_text_is_old": mark("%(citation)s已修订，请读%(day)s以后的文本，并填那份文本的日期"),
    "limits_changed": mark("各部门的限值刚刚有变化，请看过现在的再定"),
    "no_stricter_limit": mark("这几个限值分不出哪个更严，请选一条依据，或者上报"),
    "article_form": mark("“%(value)s”认不出是第几条，请写成19、第十九条、第十九条之一，或者第十九条第二款第三项"),
    "clause_form": mark("“%(value)s”认不出是哪一款、项，请写成第二款，或者第二款第（三）项"),
    "clause_twice": mark("“第几条”里写的是%(value)s，和“款、项”不一样，请只留一处"),
    "no_such_article": mark("《%(title)s》%(day)s的文本只有%(articles)s条，请核对条号"),
    "article_of_another_basis": mark("这里确认的是%(citation)s；要确认别的条款，请让场景包的作者另立一条依据"),
    "mark_by_article": mark("标记到条为止，请把“%(value)s”写在说明里"),
    "unknown_law": mark("没有场景引用“%(value)s”，法律库里也没有，请核对名称，要和引用时的一样"),
    "effective_before_decided": mark("“%(label)s”不能早于公布日期"),
    "successor_is_itself": mark("“%(label)s”就是被标记的这一条，请写新文本的名称和年份；没有接替的，不用填"),
    "basis_marked_already": mark("这一条已经标记过了，请打开已有的标记"),
    "no_such_item": mark("这个版本里没有“%(target)s”这个检查项"),
    "no_such_label": mark("这个版本里没有“%(target)s”这处用语"),
    "no_such_section": mark("这个版本里没有这一节"),
    "no_such_indicator": mark("这个版本里没有“%(target)s”这个指标"),
    "no_such_deadline": mark("这个版本里没有“%(target)s”这个时限"),
    "no_such_figure": mark("这个版本里没有“%(target)s”这个数值"),
    "figure_out_of_range": mark("超出了可以设的范围，请看数值后面写的"),
    "not_configurable": mark("“%(target)s”不能由本地设定"),
    "full_coverage_item": mark("“%(target)s”是必查的安全项，不能去掉"),
    "item_already_there": mark("已经有了“%(target)s”这一项"),
    "last_item": mark("去掉后检查单就空了"),
    "thresholds_unordered": mark("同一方向的阈值要按蓝、黄、橙、红越来越严"),
    "threshold_missing": mark("场景包设了的每一级阈值都要有，不能去掉"),
    "threshold_side": mark("高于还是低于由场景包定，本地只改数值"),
    "threshold_negative": mark("阈值不能是负数"),
    "overlay_conditions_point_back": mark("“%(target)s”要看“%(name)s”，那一问要问，而且要排在它前面"),
    "overlay_references_resolve": mark("“%(target)s”用到的“%(name)s”场景包里没有"),
    "overlay_items_cite_bases": mark("“%(target)s”没有依据，请至少引一条"),
    "overlay_ids_unique": mark("“%(target)s”的编号与别的重复，请换一个"),
    "overlay_questions_agree": mark("“%(target)s”与共用答案的检查项答法不同，或已由同一部门查，请改成一致或合并"),
    "question_of_another_scenario": mark(
        "“%(target)s”和“%(name)s”问的是同一个问题（%(question)s），答法不同，两个场景就不能一次上门查完；请改成一致的答法和单位，或者换一个问题编号"
    ),
    "base_version_missing": mark("对方写在场景包%(version)s版上，这里没有这一版，请平台运营先发布"),
    "base_version_gone": mark(
        "草稿写在场景包%(version)s版上，这一版没有发布就换了别的版。请先在“本地调整”页看三方差异，换到新版，再改、再提交"
    ),
    "overlay_broken": mark("“%(value)s”在用的本地调整有不成立的地方，请先在它的“本地调整”页改好、发布，再起草计划"),
    "reason_missing": mark("请写明“%(label)s”"),
    "period_backwards": mark("“%(label)s”早于开始日期"),
    "period_over": mark("“%(label)s”已经过去"),
    "period_too_far": mark("“%(label)s”最晚到%(latest)s，请改早"),
    "outside_period": mark("“%(label)s”不在计划的起止日期内"),
    "not_a_working_day": mark("“%(label)s”不是工作日，请换一天"),
    "no_working_day": mark("从“%(label)s”到计划结束没有工作日，请改期"),
    "nothing_to_draw": mark("“%(label)s”都是零，抽不出对象，请至少填一项"),
    "twice": mark("“%(label)s”有重复"),
    "unknown_acting_body": mark("“%(label)s”里有不存在的单位，请重新选择"),
    "unknown_scenario": mark("“%(label)s”没有启用，请重新选择"),
    "questions_differ": mark("“%(label)s”里有一个场景的问题与别的场景答法不同，不能一次查完，请去掉"),
    "nothing_to_check": mark("“%(label)s”里有一个场景，选中的执法主体都没有检查项，请去掉或加单位"),
    "division_outside_area": mark("“%(label)s”超出本地范围，请重新选择"),
    "team_too_small": mark("执法人员不够，每个执法主体至少要两人"),
    "archive_missing": mark("还没有导出包，请先导出全部数据"),
    "name_not_typed": mark("要照样输入“%(value)s”才能继续"),
    "login_bound": mark("这个账号已经绑定到此人，不用再绑"),
    "department_code_form": mark("“%(label)s”只用小写英文和下划线，如emergency_management"),
    "department_code_taken": mark("这个区划里已经有代码为“%(value)s”的部门，请换一个或修改已有的"),
    "department_in_use": mark("“%(value)s”还在代表这个部门，请先改执法主体，再停用"),
    "unknown_department": mark("“%(label)s”里有没有的或已停用的部门，请重新选择"),
    "document_code_form": mark("“%(label)s”只写汉字，最多10个，如“邕建”"),
    "document_code_taken": mark("“%(value)s”已经用这个机关代字，编号会重复，请换一个"),
    "acting_body_taken": mark("已经有名为“%(value)s”的执法主体，请换一个名称或修改已有的"),
    "division_code": mark("“%(label)s”要填12位数字"),
    "division_taken": mark("这个代码已经是“%(value)s”，请修改已有的"),
    "calendar_day": mark("第%(row)s行的日期“%(value)s”读不懂，请写成2027-01-01这样"),
    "calendar_kind": mark("第%(row)s行的类型“%(value)s”不认得，请写“放假”或“上班”"),
    "calendar_day_twice": mark("第%(row)s行的%(value)s已经列过，请只留一行"),
    "calendar_file": mark("“%(name)s”读不懂，请用样表的格式：日期、类型、名称三列"),
    "calendar_other_year": mark("有日期不在这一年（可以有上一年12月28日以后的），请核对年份"),
    "calendar_make_up_weekday": mark("有调休上班日不是周六或周日，请对照通知核对"),
    "calendar_new_year": mark("1月1日没有列为放假，请对照通知核对"),
    "calendar_too_few": mark("放假的日期太少，请对照通知补全"),
    "calendar_not_yet_published": mark("“%(label)s”不能晚于今天"),
    "calendar_link": mark("“%(label)s”要以https://开头"),
    "lead_not_chosen": mark("牵头单位要在选中的执法主体里"),
    "invalid": mark("“%(label)s”填得不对，请核对"),
    "already_bound": mark("这个编号已经有人在用，请核对，或换一个新的客户端"),
    "unknown_field": mark("没有“%(label)s”这一项，请核对名称"),
    "precondition_unsupported": mark("这个调用不看If-Match，请去掉后再试"),
    **REGISTER_PROBLEMS,
    **PEOPLE_PROBLEMS,
    "answer_missing": mark("“%(label)s”还没有答"),
    "evidence_missing": mark("“%(label)s”缺照片"),
    "clause_missing": mark("“%(label)s”没有选违反的条款"),
    "remedy_date_missing": mark("“%(label)s”没有定整改期限"),
    "reminded_today": mark("今天已经提醒过了，请明天再提醒"),
    "not_sent": mark("还没有推送完，推送完再提醒"),
    "nothing_to_self_check": mark("“%(label)s”没有要自查的项"),
    "no_disposal_rules": mark("这个场景没有处置的规定，请在监管对象所在的场景里选"),
    "occurrence_of_order": mark("这件事由处置文书来记：请在文书那里记录送达或者确认履行"),
    "disposal_under_way": mark("这个场景已经有一件在办的处置，请打开那一件"),
    "order_under_way": mark("这种文书已经有一份在办，请先办完那一份"),
    "appraisal_missing": mark(
        "这种文书只在鉴定为%(grades)s级时考虑，登记册里没有这个对象的鉴定报告。请先委托鉴定，把报告的等级、机构和日期填进登记信息"
    ),
    "grounds_missing": mark("登记册里没有%(grades)s级的鉴定报告：请写明看到的危险和为什么不能等鉴定，或者先委托鉴定"),
    "appraisal_grade_differs": mark("这种文书只在鉴定为%(grades)s级时考虑，登记的鉴定等级不是，请选别的文书"),
    "basis_unconfirmed": mark("%(bases)s还没有由本单位法制人员确认，不能引用。请先确认，或者不引这一条"),
    "basis_repealed": mark("%(bases)s已经废止，不能引用。请不引这一条，或者等场景包换上现行依据"),
    "no_acting_body": mark("本地没有能以自己名义办这种文书的执法主体，请管理员先登记"),
    "date_not_later": mark("“%(label)s”要晚于现在的期限"),
    "moment_before_clock": mark("“%(label)s”不能早于它所停止的时限的起点（%(start)s）"),
    "order_day_over": mark("文书写的最后一天（%(day)s）已经过了，不能决定。请退回起草人，改成以后的一天"),
    "order_day_over_at_service": mark(
        "文书写的最后一天（%(day)s）早于送达的日子，不能送达。请负责人解除这份文书，重新起草，写明以后的一天"
    ),
    "moment_too_early": mark("“%(label)s”不能早于前一步"),
    "too_many_times": mark("这里最多记%(maximum)s次"),
    "no_patrol_rules": mark("这个场景没有巡查的规定，请在监管对象所在的场景里选"),
    "not_whole": mark("“%(label)s”要填整数"),
    "no_report_due": mark("这个对象不用报送这张表"),
    "period_not_over": mark("“%(label)s”还没有结束，结束后才能报送"),
    "report_sums": mark("%(message)s，请核对“%(label)s”"),
    "report_implausible": mark("“%(label)s”和上一期相差%(factor)s倍以上，请核对单位；没有填错的，勾选确认后再报送"),
    "report_implausible_row": mark(
        "“%(label)s”和上一期相差%(factor)s倍以上，请核对单位；没有填错的，在“已核对”一列填“是”"
    ),
    "report_subject_unknown": mark("“%(label)s”在监管对象里找不到，或者不归您录入，请核对"),
    "paper_missing": mark("替企业录入要附上企业交来的纸质报表"),
    "question_not_asked": mark("“%(label)s”现在不用答，请刷新看最新的检查项"),
    "answer_of_another_type": mark("“%(label)s”的答案类型不对"),
    "image_too_large": mark("“%(label)s”的像素太多，请用手机原图或缩小后再传"),
    "too_many_files": mark("“%(label)s”最多%(maximum)s个文件"),
    "webhook_url_invalid": mark("“%(label)s”不是完整的网址，请从https://开始填"),
    "webhook_url_not_https": mark("“%(label)s”要以https://开头"),
    "webhook_port_refused": mark("“%(label)s”的端口只能是443或8443"),
    "webhook_address_refused": mark("“%(label)s”不在公网上，不能推送，请填公网能访问的域名"),
    "webhook_too_many": mark("接收地址太多，请先停用或修改已有的"),
    "too_many_decimals": mark("“%(label)s”最多%(decimals)s位小数"),
}


class _Details(dict[str, Any]):
    """Placeholders that nobody filled stay empty: a missing detail must not turn a message into a second error."""

    def __missing__(self, key: str) -> str:
        return ""


def error_words(error: YijianshiError) -> ErrorWords:
    """Title and advice for an error, in the current language; an unknown code gets the general words."""
    return code_words(error.code, error.details)


def code_words(code: str, details: dict[str, Any]) -> ErrorWords:
    """The same for an error that is only known by its code, such as the one that ended a job."""
    title, advice = ERRORS.get(code, ERRORS["error"])
    return ErrorWords(_fill(title, details), _fill(advice, details))


def field_words(problem: FieldProblem, label: str = "") -> str:
    """One field's problem in a sentence; `label` is the field's label on the page, else the field's own name."""
    is_unopened = problem.code == "file_unreadable" and problem.details.get("row") == 0
    message = FIELD_PROBLEMS.get("file_unopened" if is_unopened else problem.code, FIELD_PROBLEMS["invalid"])
    return _fill(message, {"label": label or problem.field, **problem.details})


def form_problems(error: InvalidInputError, labels: dict[str, str]) -> list[dict[str, str]]:
    """Problems for components/form.html: [{field, text}]; `labels` maps field names to the labels of the page."""
    return [{"field": each.field, "text": field_words(each, labels.get(each.field, ""))} for each in error.problems]


def _fill(message: str, values: dict[str, Any]) -> str:
    return translations(current_locale()).gettext(message) % _Details(values)
