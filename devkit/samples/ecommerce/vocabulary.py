"""The words that sample records are made of: several scripts and accents, and no real person's number or address."""

from __future__ import annotations

NAMES = (
    "Amélie Durand", "José Ángel Núñez", "Zoë Łukasiewicz", "Søren Ødegård", "Γιώργος Παπαδόπουλος",
    "Ольга Смирнова", "김민준", "박서연", "山田 太郎", "佐藤 花子", "王小明", "李娜", "محمد عبد الله",
    "ليلى حسن", "अनन्या शर्मा", "राहुल वर्मा", "נועה כהן", "Nguyễn Thị Ánh", "Þórdís Jónsdóttir",
    "Çağlar Yıldız", "Siobhán O'Neill", "Anna Müller-Weiß", "Mary Johnson", "James Carter", "Priya Raman",
    "Luca Bianchi", "Chloé Lefèvre", "Dvořák Tomáš", "Inês Gonçalves", "D’Angelo Smith", "Kwame Mensah",
    "Mehmet Öztürk", "Fatou Diop", "Björn Åkesson", "Ирина Ковальчук", "สมชาย ใจดี",
)  # fmt: skip

#: Surnames that make a name's repetition rarer; some records do share a full name, as people do.
EPITHETS = (
    "Abara", "Brännström", "Castañeda", "Dębski", "Echeverría", "Fünfhaus", "Gál", "Håkansson", "Iñiguez",
    "Jørgensen", "Kováč", "Lemaître", "Marić", "Nilsen", "Öberg", "Pérez", "Quiñones", "Řezníček", "Šimić",
    "Tóth", "Uğur", "Vītols", "Wójcik", "Xu", "Yılmaz", "Žukauskas",
)  # fmt: skip

USERNAMES = (
    "amber", "birch", "cedar", "delta", "ember", "fjord", "grove", "heron", "iris", "juniper", "kestrel",
    "larch", "maple", "nectar", "onyx", "pebble", "quartz", "raven", "sable", "tulip", "umber", "violet",
    "willow", "yarrow", "zephyr",
)  # fmt: skip

JOBS = (
    "Nurse", "Civil engineer", "Töpferin", "Électricienne", "Software developer", "Teacher", "Bäcker",
    "公務員", "看護師", "Архитектор", "교사", "Journalist", "Pharmacist", "Carpenter", "Maître d’hôtel",
    "Accountant", "Farmer", "Retired",
)  # fmt: skip

COMPANIES = (
    "Nordlicht Handels GmbH", "Café Étoile SARL", "Ocean Freight Ltd", "株式会社さくら", "한빛전자",
    "Ромашка ООО", "Águas Claras S.A.", "Brightwater & Sons", "Kovář a syn s.r.o.",
    "Blue Mesa Co-operative", "Øresund Shipping A/S", "Şimşek Tekstil A.Ş.",
)  # fmt: skip

#: Domains that are reserved for examples (RFC 2606).
MAIL_DOMAINS = ("example.com", "example.net", "example.org", "mail.example.com", "shop.example.org")

#: Area codes whose 555-0100 to 555-0199 are set aside for fiction.
AREA_CODES = (
    201, 202, 203, 205, 206, 207, 208, 209, 210, 212, 213, 214, 215, 216, 217, 218, 219, 225, 228, 229, 231,
    234, 239, 240, 248, 251, 252, 253, 254, 256, 260, 262, 267, 269, 270, 276, 281, 301, 302, 303, 304, 305,
    307, 308, 309, 310, 312, 313, 314, 315, 316, 317, 318, 319, 320, 321, 323, 325, 330, 334, 336, 337, 339,
    347, 351, 352, 360, 361, 385, 386, 401, 402, 404, 405, 406, 407, 408, 409, 410, 412, 413, 414, 415, 417,
    419, 423, 425, 432, 434, 440, 443, 478, 479, 480, 501, 502,
)  # fmt: skip

PHONE_FORMS = (
    "{area}-555-01{last}", "({area})555-01{last}", "+1-{area}-555-01{last}", "{area}.555.01{last}",
    "+1{area}55501{last}", "{area}-555-01{last}x{extension}", "+1-{area}-555-01{last}x{extension}",
    "({area}) 555-01{last}x{extension}", "+44 20 7946 0{area}", "+61 2 5550 {extension}",
    "+33 1 99 00 {last} 34", "+46 8 465 004 {last}",
)  # fmt: skip

ADDRESS_TITLES = ("Home Address", "Work Address", "Billing Address", "Shipping Address", "Vacation Home")

STREETS = (
    "Rue de la Paix", "Hauptstraße", "Calle Mayor", "Maple Crescent", "Улица Ленина", "桜通り", "세종대로",
    "Via Garibaldi", "Avenida São João", "Ångströmsgatan", "Orchard Row", "Náměstí Míru",
    "Istiklal Caddesi", "Mill Lane", "شارع النيل",
)  # fmt: skip

PLACES = (
    ("France", "Besançon"), ("Germany", "Köln"), ("Spain", "A Coruña"), ("Japan", "港区"),
    ("South Korea", "광명시"), ("Brazil", "São Paulo"), ("Canada", "Trois-Rivières"), ("India", "पुणे"),
    ("United Kingdom", "Ynys Môn"), ("Russia", "Кострома"), ("Poland", "Łódź"), ("Turkey", "İzmir"),
    ("Egypt", "القاهرة"), ("Sweden", "Umeå"), ("Greece", "Θεσσαλονίκη"), ("Czechia", "Plzeň"),
    ("Iceland", "Reykjavík"), ("Viet Nam", "Đà Nẵng"),
)  # fmt: skip

#: The same categories are written in several ways on purpose: they are grouped by trimmed, lower-case name.
CATEGORIES = (
    "Home & Garden", "home & garden", "Vintage Toys", "VINTAGE TOYS", "Outdoor Music",
    "Eco-Friendly Health", "Smart Automotive", "Élégance", "élégance", "Livres anciens", "文房具",
    "주방용품", "Книги", "Fresh Food", " Fresh Food ", "Office Supplies", "Sports", "Cameras",
    "Baby & Toddler", "Jewellery", "Board Games", "Pet Care", "Musical Instruments", "Bücher",
    "Gardening Tools",
)  # fmt: skip

STYLES = (
    "Compact", "Advanced", "Basic", "Casual", "Premium", "Everyday", "Limited", "Refurbished", "Handmade",
    "Classic",
)  # fmt: skip

PRODUCTS = (
    "Kettle", "Lampe à huile", "Notebook", "Wool blanket", "Übersee-Koffer", "茶碗", "Bicycle bell",
    "Field camera", "Violin strings", "Garden shears", "Матрёшка", "한지 등", "Travel mug", "Chess set",
    "Hiking boots", "Desk organiser", "Sourdough starter", "Rain coat",
)  # fmt: skip

#: Sentences of descriptions; some come close to the fault marker without containing it.
SENTENCES = (
    "Made to last, and easy to repair when it does not.",
    "Ships within two days; the box is recycled cardboard, naïve drawings included.",
    "A favourite of our customers since 1987 — très apprécié, sehr beliebt, とても人気.",
    "The colours may differ slightly from what your screen shows.",
    "Comes with a ten-year guarantee that covers everything but the cat.",
    "Tested by hand; a valid certificate is in the box.",
    "Validated for indoor and outdoor use, from −20 °C to 45 °C.",
    "Not suitable for children under three years of age.",
    "Returns are free for thirty days, whatever the reason.",
    "Вес нетто 1,2 кг; хранить в сухом месте.",
    "Designed in Århus, woven in Łódź, and finished by people who care.",
    "Can be combined with all other parts of the series. 🎁",
)  # fmt: skip

PROVIDERS = (
    "Visa", "Mastercard", "American Express", "Maestro", "JCB", "Überweisung", "Carte Bleue", "Alipay",
    "PayPal",
)  # fmt: skip

#: Payment statuses are taken in any case, with or without spaces around them.
STATUSES = ("Success", "Pending", "Failed", "Refunded", "success", "PENDING", " failed", "refunded ")
