"""What our mails say, in the languages of suppliers."""

from dataclasses import dataclass

from config.languages import Language

# Whatever stands below it in a reply is our own mail, quoted.
MARK = "-#-#-"


@dataclass(frozen=True, slots=True)
class Words:
    direction: str
    order: str
    batch: str
    cancel: str
    please_deliver: str
    please_cancel: str
    answer_here: str
    answer_above: str
    sku: str
    quantity: str
    unit_cost: str
    ship_to: str
    order_name: str
    phone: str
    attached: str
    how_to_tell: str


WORDS = {
    Language.ENGLISH: Words(
        direction="ltr",
        order="Purchase order [{reference}] from {store}",
        batch="{count} purchase orders from {store}",
        cancel="Please cancel purchase order [{reference}] from {store}",
        please_deliver="please deliver the following straight to our customer.",
        please_cancel="please cancel this purchase order, and tell us whether it is "
        "still in time.",
        answer_here="Accept, refuse or enter tracking here, no account needed:",
        answer_above="Please write your answer above this line",
        sku="SKU",
        quantity="Quantity",
        unit_cost="Unit cost",
        ship_to="Ship to",
        order_name="Customer's order",
        phone="Phone",
        attached="The same is attached as a CSV file.",
        how_to_tell="To tell us the tracking number, simply reply to this mail.",
    ),
    Language.HEBREW: Words(
        direction="rtl",
        order="הזמנת רכש [{reference}] מאת {store}",
        batch="{count} הזמנות רכש מאת {store}",
        cancel="נא לבטל את הזמנת הרכש [{reference}] מאת {store}",
        please_deliver="נא לספק את הפריטים הבאים ישירות ללקוח שלנו.",
        please_cancel="נא לבטל את הזמנת הרכש הזו, ולהודיע לנו אם הביטול הגיע בזמן.",
        answer_here="אפשר לאשר, לסרב או להזין מספר מעקב כאן, ללא חשבון:",
        answer_above="נא לכתוב את התשובה מעל שורה זו",
        sku="מק״ט",  # noqa: RUF001  a letter of Hebrew
        quantity="כמות",
        unit_cost="מחיר ליחידה",
        ship_to="למשלוח אל",
        order_name="הזמנת הלקוח",
        phone="טלפון",
        attached="אותם פרטים מצורפים כקובץ CSV.",
        how_to_tell="כדי למסור לנו את מספר המעקב, פשוט השיבו למייל הזה.",
    ),
    Language.ARABIC: Words(
        direction="rtl",
        order="أمر شراء [{reference}] من {store}",
        batch="أوامر شراء ({count}) من {store}",
        cancel="نرجو إلغاء أمر الشراء [{reference}] من {store}",
        please_deliver="نرجو تسليم ما يلي إلى عميلنا مباشرةً.",
        please_cancel="نرجو إلغاء أمر الشراء هذا، وإبلاغنا هل وصل الإلغاء في الوقت "
        "المناسب.",
        answer_here="للقبول أو الرفض أو إدخال رقم التتبّع هنا، دون حساب:",
        answer_above="يُرجى كتابة الرد فوق هذا السطر",
        sku="رمز SKU",
        quantity="الكمية",
        unit_cost="تكلفة الوحدة",
        ship_to="الشحن إلى",
        order_name="طلب العميل",
        phone="الهاتف",
        attached="البيانات نفسها مرفقة في ملف CSV.",
        how_to_tell="لإبلاغنا برقم التتبّع، يكفي الرد على هذه الرسالة.",
    ),
}
