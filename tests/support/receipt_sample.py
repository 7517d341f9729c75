"""The receipt of look/n-receipt.png, and one that is hard to print."""

from __future__ import annotations

from app.domain.receipt import Align, Barcode, Columns, Cut, QrCode, Receipt, Rule, Text

CENTRE = Align.CENTRE
QR_DATA = (
    "https://m.example.com/r/S027-2-000331?e=019a9c2e-7b1d-7c33-a9f1-0123456789ab&t=25020&p=300&m=0123456789abcdef"
)
BARCODE_DATA = "S027-2-000331"
ITEMS = (
    ("玻尿酸补水面膜 5 片装", "2 x 49.90", "99.80"),
    ("氨基酸洁面乳 120g", "1 x 39.00", "39.00"),
    ("棉柔巾 100 抽 三包装", "1 x 29.90", "29.90"),
    ("樱花身体乳 400ml", "1 x 59.00", "59.00"),
    ("薄荷护龈牙膏 180g", "2 x 12.80", "25.60"),
    ("蜂蜜润唇膏 3.5g", "1 x 16.90", "16.90"),
)
HEAD = (
    Text("花间生活馆", CENTRE, bold=True, double=True),
    Text("静安寺店  2号机", CENTRE),
    Text("上海市静安区示例路 100 号", CENTRE),
    Rule(),
    Columns("小票 S027-2-000331", "2026-12-06 14:33"),
    Columns("收银员 林晓 0271", "会员 张*凡 金卡"),
    Rule(),
)
LINES = tuple(block for name, count, sum_ in ITEMS for block in (Text(name), Columns(f"    {count}", sum_)))
SUMS = (
    Rule(),
    Columns("小计（8 件）", "276.20"),
    Columns("会员价", "-6.00"),
    Columns("积分抵扣 2,000 分", "-20.00"),
    Columns("应收", "¥250.20", bold=True, double=True),
    Columns("扫码支付", "250.20"),
    Rule(),
)
POINTS = (
    Columns("上次积分", "16,860"),
    Columns("本次使用", "-2,000"),
    Columns("本次获得（金卡 1.2 倍）", "+300"),
    Columns("现有积分", "15,160", bold=True),
    Text("有效至 2027-12-31"),
    Text("再消费 ¥1,069.80 升级钻石会员"),
    Rule(),
)
FOOT = (
    QrCode(QR_DATA),
    Text("扫码：查积分 · 评价 · 退订通知 · 退货", CENTRE),
    Text("离线开出，积分已保存，恢复后自动上传", CENTRE),
    Rule(),
    Barcode(BARCODE_DATA),
    Text("30 天内凭此小票退货，积分原数冲回", CENTRE),
    Cut(),
)
RECEIPT = Receipt((*HEAD, *LINES, *SUMS, *POINTS, *FOOT), kick_drawer=True)
RARE = Receipt(
    (Text("会员 𠮷*"), Columns("𬭩色口红 😀", "¥59.00", bold=True), Text("ñandú €5", CENTRE, double=True), Cut())
)
