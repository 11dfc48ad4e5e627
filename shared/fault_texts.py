"""Every error of pydantic in both languages, each with its remedy. `shared.validation` chooses among them."""

import re
from collections.abc import Mapping

from shared.language import Text

_PLACE = re.compile(r"\{([a-z_]+)\}")
Texts = tuple[Text, Text]
"""What is wrong, and what to do about it."""

_MESSAGES: dict[str, Texts] = {
    "missing": (
        Text("Wajib diisi.", "This is required."),
        Text("Tambahkan isian ini.", "Add this field."),
    ),
    "extra_forbidden": (
        Text("Isian ini tidak dikenal.", "This field is not known."),
        Text("Hapus isian ini atau perbaiki namanya.", "Remove the field or correct its name."),
    ),
    "json_invalid": (
        Text("Isi bukan JSON yang sah.", "The body is not valid JSON."),
        Text("Periksa tanda kutip, koma, dan kurung.", "Check quotes, commas and brackets."),
    ),
    "enum": (
        Text("Harus salah satu dari: {expected}.", "Must be one of: {expected}."),
        Text("Pilih salah satu kode itu.", "Choose one of these codes."),
    ),
    "literal_error": (
        Text("Harus salah satu dari: {expected}.", "Must be one of: {expected}."),
        Text("Pilih salah satu nilai itu.", "Choose one of these values."),
    ),
    "string_too_short": (
        Text("Paling sedikit {min_length} karakter.", "At least {min_length} characters."),
        Text("Isi dengan teks yang lebih panjang.", "Give a longer text."),
    ),
    "string_too_long": (
        Text("Paling banyak {max_length} karakter.", "At most {max_length} characters."),
        Text("Ringkas teksnya.", "Shorten the text."),
    ),
    "too_long": (
        Text("Paling banyak {max_length} butir.", "At most {max_length} items."),
        Text("Kurangi butirnya.", "Send fewer items."),
    ),
    "too_short": (
        Text("Paling sedikit {min_length} butir.", "At least {min_length} items."),
        Text("Tambahkan butirnya.", "Add items."),
    ),
    "greater_than_equal": (
        Text("Paling kecil {ge}.", "At least {ge}."),
        Text("Isi bilangan mulai dari {ge}.", "Give a number from {ge} up."),
    ),
    "less_than_equal": (
        Text("Paling besar {le}.", "At most {le}."),
        Text("Isi bilangan sampai {le}.", "Give a number up to {le}."),
    ),
    "string_pattern_mismatch": (
        Text("Bentuknya tidak sesuai.", "It does not have the expected form."),
        Text("Ikuti pola {pattern}.", "Follow the pattern {pattern}."),
    ),
    "invalid_key": (
        Text("Nama isian harus teks.", "The names of fields must be text."),
        Text("Tulis nama isian sebagai teks.", "Write the field's name as text."),
    ),
    "json_type": (
        Text("Harus teks yang berisi JSON.", "It must be a text that holds JSON."),
        Text("Tulis sebagai teks JSON.", "Write it as JSON text."),
    ),
    "none_required": (
        Text("Harus kosong.", "It must be null."),
        Text("Tulis null atau hapus isian ini.", "Write null or remove the field."),
    ),
    "greater_than": (
        Text("Harus lebih dari {gt}.", "It must be above {gt}."),
        Text("Isi nilai di atas {gt}.", "Give a value above {gt}."),
    ),
    "less_than": (
        Text("Harus kurang dari {lt}.", "It must be below {lt}."),
        Text("Isi nilai di bawah {lt}.", "Give a value below {lt}."),
    ),
    "multiple_of": (
        Text("Harus kelipatan {multiple_of}.", "It must be a multiple of {multiple_of}."),
        Text("Bulatkan ke kelipatan {multiple_of}.", "Round it to a multiple of {multiple_of}."),
    ),
    "finite_number": (
        Text("Bukan bilangan yang berhingga.", "Not a finite number."),
        Text("Tulis sebuah bilangan biasa.", "Write an ordinary number."),
    ),
    "int_parsing_size": (
        Text("Bilangannya terlalu besar.", "The number is too large."),
        Text("Periksa jumlah angkanya.", "Check how many digits it has."),
    ),
    "string_not_ascii": (
        Text("Hanya huruf Latin tanpa tanda, angka, dan tanda baca biasa.", "Only plain ASCII characters."),
        Text("Ganti huruf bertanda.", "Replace the other characters."),
    ),
    "bytes_too_short": (
        Text("Paling sedikit {min_length} bita.", "At least {min_length} bytes."),
        Text("Isi dengan data yang lebih panjang.", "Give longer data."),
    ),
    "bytes_too_long": (
        Text("Paling banyak {max_length} bita.", "At most {max_length} bytes."),
        Text("Ringkas datanya.", "Give shorter data."),
    ),
    "date_from_datetime_inexact": (
        Text("Ini waktu, bukan tanggal.", "This is an instant, not a date."),
        Text("Tulis tanggalnya saja, misalnya 2026-03-31.", "Write the date only, such as 2026-03-31."),
    ),
    "date_past": (
        Text("Tanggalnya harus sudah lewat.", "The date must be in the past."),
        Text("Isi tanggal sebelum hari ini.", "Give a date before today."),
    ),
    "date_future": (
        Text("Tanggalnya harus belum lewat.", "The date must be in the future."),
        Text("Isi tanggal setelah hari ini.", "Give a date after today."),
    ),
    "datetime_past": (
        Text("Waktunya harus sudah lewat.", "The instant must be in the past."),
        Text("Isi waktu sebelum sekarang.", "Give an instant before now."),
    ),
    "datetime_future": (
        Text("Waktunya harus belum lewat.", "The instant must be in the future."),
        Text("Isi waktu setelah sekarang.", "Give an instant after now."),
    ),
    "timezone_naive": (
        Text("Waktu ini tidak boleh berzona.", "This instant must not have a zone."),
        Text("Hapus zonanya.", "Remove the zone."),
    ),
    "union_tag_invalid": (
        Text("Harus salah satu dari: {expected_tags}.", "Must be one of: {expected_tags}."),
        Text("Perbaiki nilai {discriminator}.", "Correct the value of {discriminator}."),
    ),
    "union_tag_not_found": (
        Text("Tidak ada {discriminator}.", "There is no {discriminator}."),
        Text("Tambahkan {discriminator}.", "Add {discriminator}."),
    ),
    "url_scheme": (
        Text("Alamat harus dimulai dengan {expected_schemes}.", "The address must begin with {expected_schemes}."),
        Text("Perbaiki awal alamatnya.", "Correct how the address begins."),
    ),
    "url_too_long": (
        Text("Paling banyak {max_length} karakter.", "At most {max_length} characters."),
        Text("Pakai alamat yang lebih pendek.", "Use a shorter address."),
    ),
    "uuid_version": (
        Text("Bukan UUID versi {expected_version}.", "Not a UUID of version {expected_version}."),
        Text("Pakai id persis seperti yang diberikan API.", "Use the id exactly as the API gave it."),
    ),
    "decimal_max_digits": (
        Text("Paling banyak {max_digits} angka.", "At most {max_digits} digits."),
        Text("Kurangi jumlah angkanya.", "Use fewer digits."),
    ),
    "decimal_max_places": (
        Text("Paling banyak {decimal_places} angka di belakang koma.", "At most {decimal_places} decimal places."),
        Text("Bulatkan nilainya.", "Round the value."),
    ),
    "decimal_whole_digits": (
        Text("Paling banyak {whole_digits} angka di depan koma.", "At most {whole_digits} digits before the point."),
        Text("Periksa jumlah angkanya.", "Check how many digits it has."),
    ),
    "recursion_depth_exceeded": (
        Text("Isinya bersarang terlalu dalam.", "It is nested too deeply."),
        Text("Ratakan susunannya.", "Make it flatter."),
    ),
}
_KINDS: dict[str, Texts] = {
    "date": (
        Text("Bukan tanggal yang sah.", "Not a valid date."),
        Text("Tulis sebagai TTTT-BB-HH, misalnya 2026-03-31.", "Write it as YYYY-MM-DD, such as 2026-03-31."),
    ),
    "datetime": (
        Text("Bukan waktu yang sah.", "Not a valid instant."),
        Text("Tulis dengan zona, misalnya 2026-03-31T09:00:00Z.", "Write it with its zone, as 2026-03-31T09:00:00Z."),
    ),
    "timezone": (
        Text("Waktu tanpa zona.", "An instant without its zone."),
        Text("Tulis dengan zona, misalnya 2026-03-31T09:00:00Z.", "Write it with its zone, as 2026-03-31T09:00:00Z."),
    ),
    "int": (
        Text("Bukan bilangan bulat.", "Not a whole number."),
        Text("Tulis bilangan bulat tanpa tanda kutip.", "Write a whole number without quotes."),
    ),
    "bool": (
        Text("Bukan nilai benar atau salah.", "Not a yes or no."),
        Text("Tulis true atau false.", "Write true or false."),
    ),
    "uuid": (
        Text("Bukan UUID yang sah.", "Not a valid UUID."),
        Text("Pakai id persis seperti yang diberikan API.", "Use the id exactly as the API gave it."),
    ),
    "string": (Text("Bukan teks.", "Not a text."), Text("Tulis sebagai teks.", "Write it as text.")),
    "list": (Text("Bukan daftar.", "Not a list."), Text("Tulis sebagai daftar [ … ].", "Write a list [ … ].")),
    "model": (Text("Bukan objek.", "Not an object."), Text("Tulis sebagai objek { … }.", "Write an object { … }.")),
    "float": (
        Text("Bukan bilangan.", "Not a number."),
        Text("Tulis bilangan dengan titik desimal, misalnya 2.5.", "Write a number with a decimal point, such as 2.5."),
    ),
    "time": (
        Text("Bukan jam yang sah.", "Not a valid time of day."),
        Text("Tulis sebagai JJ:MM, misalnya 09:30.", "Write it as HH:MM, such as 09:30."),
    ),
    "time_delta": (
        Text("Bukan lama waktu yang sah.", "Not a valid duration."),
        Text("Tulis sebagai ISO 8601, misalnya PT30M.", "Write it as ISO 8601, such as PT30M."),
    ),
    "url": (
        Text("Bukan alamat web yang sah.", "Not a valid web address."),
        Text("Tulis alamat lengkap, misalnya https://contoh.go.id.", "Write it whole, such as https://contoh.go.id."),
    ),
    "bytes": (Text("Bukan data teks.", "Not text data."), Text("Tulis sebagai teks.", "Write it as text.")),
}
for _new, _old in {"decimal": "float", "tuple": "list", "set": "list", "frozen_set": "list", "deque": "list",
                   "iterable": "list", "dict": "model", "mapping": "model", "dataclass": "model"}.items():  # fmt: skip
    _KINDS[_new] = _KINDS[_old]
_ANY = (Text("Nilainya tidak sah.", "The value is not valid."), Text("Perbaiki nilainya.", "Correct the value."))


def texts_of(kind: str, context: Mapping[str, object]) -> Texts:
    """What pydantic's error type means, with its context filled in; a general sentence for one not listed here."""
    found = _MESSAGES.get(kind) or _KINDS.get(_stem(kind)) or _ANY
    texts = {name: str(value) for name, value in context.items()}
    if kind in ("value_error", "assertion_error"):
        # A validator's plain ValueError speaks English only; one that is for people raises `validation.Invalid`.
        return Text(_ANY[0].id, texts.get("error") or _ANY[0].en), _ANY[1]
    # pydantic joins the last of several choices by an English word.
    choices = {name: text.replace("' or '", "', '") for name, text in texts.items()}
    message, remedy = found
    return _filled(message, choices), _filled(remedy, choices)


def _stem(kind: str) -> str:
    """The longest listed beginning: `datetime_parsing` is a datetime's, not a date's."""
    return max((stem for stem in _KINDS if kind.startswith(f"{stem}_")), key=len, default="")


def _filled(text: Text, values: Mapping[str, str]) -> Text:
    return Text(*(_PLACE.sub(lambda found: values.get(found[1], "…"), sentence) for sentence in text))
