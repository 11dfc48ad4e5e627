"""What can be wrong with a region change, in words. Each says what to do about it."""

from datetime import date
from typing import NamedTuple

from shared.codes import RegionKind, RegionLevel
from shared.language import Text
from shared.problems import Fault


class Said(NamedTuple):
    """A fault before it is known which part of the payload it is about."""

    code: str
    message: Text
    remedy: Text

    def at(self, pointer: str) -> Fault:
        """The fault of this part of the payload."""
        return Fault(self.code, self.message, self.remedy, pointer=pointer)


_LEVELS = {
    RegionLevel.NATION: Text("negara", "nation"),
    RegionLevel.PROVINCE: Text("provinsi", "province"),
    RegionLevel.REGENCY: Text("kabupaten/kota", "regency"),
    RegionLevel.DISTRICT: Text("kecamatan", "district"),
    RegionLevel.VILLAGE: Text("desa/kelurahan", "village"),
}


def unknown(code: str) -> Said:
    """A code that no region has today."""
    return Said(
        "region-unknown",
        Text(f"Tidak ada wilayah berkode {code} hari ini.", f"No region has the code {code} today."),
        Text("Pakai kode hari ini: GET /v1/regions?q=nama.", "Use today's code: GET /v1/regions?q=name."),
    )


def nation_stays() -> Said:
    """An operation on the nation."""
    return Said(
        "nation-stays",
        Text("Negara tidak diubah di sini.", "The nation is not changed here."),
        Text("Sebut wilayah di bawahnya.", "Name a region below it."),
    )


def said_twice(code: str) -> Said:
    """Two operations that decide the same of one region."""
    return Said(
        "said-twice",
        Text(f"{code} disebut dua kali untuk hal yang sama.", f"{code} is named twice for the same thing."),
        Text("Gabungkan menjadi satu operasi.", "Make one operation of them."),
    )


def nothing_changes(value: str) -> Said:
    """An operation that leaves things as they are."""
    return Said(
        "nothing-changes",
        Text(f"«{value}» sudah berlaku.", f"«{value}» is so already."),
        Text("Hapus operasi ini atau perbaiki nilainya.", "Drop the operation or correct the value."),
    )


def wrong_level(code: str, level: RegionLevel, wanted: RegionLevel) -> Said:
    """A code of another level than the region it is for."""
    return Said(
        "region-wrong-level",
        Text(
            f"{code} kode {_LEVELS[level].id}, bukan {_LEVELS[wanted].id}.",
            f"{code} is the code of a {_LEVELS[level].en}, not of a {_LEVELS[wanted].en}.",
        ),
        Text("Pakai wilayah dan kode setingkat.", "Use regions and codes of one level."),
    )


def parent_of_wrong_level(code: str, level: RegionLevel, child: RegionLevel) -> Said:
    """A parent that is not exactly one level above; a region below itself is one of these."""
    return Said(
        "parent-wrong-level",
        Text(
            f"{code} ({_LEVELS[level].id}) tidak dapat menjadi induk sebuah {_LEVELS[child].id}.",
            f"{code} (a {_LEVELS[level].en}) cannot be the parent of a {_LEVELS[child].en}.",
        ),
        Text("Sebut induk satu tingkat di atasnya.", "Name a parent exactly one level above."),
    )


def no_kind(code: str, why: str) -> Said:
    """A code whose numbers belong to no kind of region."""
    return Said(
        "region-code-malformed",
        Text(f"Angka {code} bukan angka jenis wilayah mana pun.", why),
        Text(
            "Kabupaten 01-69, kota 71-99; desa 2xxx, kelurahan 1xxx, desa adat 3xxx.",
            "Regencies have 01-69, cities 71-99; desa 2xxx, kelurahan 1xxx, desa adat 3xxx.",
        ),
    )


def kind_changes(now: RegionKind, then: RegionKind) -> Said:
    """A recode that would change the kind, or a change of status that would not."""
    return Said(
        "kind-changes" if now is not then else "kind-stays",
        Text(
            f"Jenis wilayah: sekarang {now}, dengan kode ini {then}.", f"The kind is {now} now and {then} by this code."
        ),
        Text(
            "Perubahan desa menjadi kelurahan adalah operasi «status»; ganti kode saja «recode».",
            "A desa that becomes a kelurahan is the operation «status»; another code alone is «recode».",
        ),
    )


def status_of_villages_only(code: str) -> Said:
    """A change of status above the villages."""
    return Said(
        "region-wrong-level",
        Text(f"{code} bukan desa atau kelurahan.", f"{code} is no village."),
        Text("Operasi «status» hanya untuk desa dan kelurahan.", "«status» is for villages only."),
    )


def code_in_use(code: str) -> Said:
    """A code that another region has after the change."""
    return Said(
        "code-in-use",
        Text(f"Kode {code} dipakai wilayah lain.", f"The code {code} is another region's."),
        Text(
            "Beri kode lain, atau ubah kode wilayah itu dalam perubahan yang sama.",
            "Give another code, or recode that region in the same change.",
        ),
    )


def code_not_below_parent(code: str, parent: str) -> Said:
    """A code that does not begin with its parent's."""
    return Said(
        "code-not-below-parent",
        Text(f"Kode {code} tidak di bawah induknya {parent}.", f"The code {code} is not below its parent {parent}."),
        Text(f"Kode harus diawali {parent}.", f"The code must begin with {parent}."),
    )


def without_parent(code: str, name: str) -> Said:
    """A region whose parent ends and that no operation moves."""
    return Said(
        "region-without-parent",
        Text(f"{code} {name} tidak lagi mempunyai induk.", f"{code} {name} would have no parent."),
        Text(
            "Pindahkan ke induk lain dalam perubahan yang sama (transfer).",
            "Move it to another parent in the same change (transfer).",
        ),
    )


def without_children(code: str, name: str) -> Said:
    """A region above the villages that has nothing below it after the change."""
    return Said(
        "region-without-children",
        Text(f"{code} {name} tidak mempunyai wilayah di bawahnya.", f"{code} {name} would have nothing below it."),
        Text(
            "Pindahkan sedikitnya satu wilayah ke bawahnya (transfer), atau akhiri wilayah ini (merge).",
            "Move at least one region below it (transfer), or end it (merge).",
        ),
    )


def split_into_one() -> Said:
    """A region that ends in one new one: a recode."""
    return Said(
        "split-into-one",
        Text("Wilayah yang berakhir terpecah menjadi sedikitnya dua.", "A region that ends is split into two or more."),
        Text("Jika hanya kode atau namanya yang berubah, pakai recode atau rename.", "If only its code or name changes, use recode or rename."),
    )  # fmt: skip


def not_founded_here(code: str) -> Said:
    """Rights that follow into a region that the split does not found."""
    return Said(
        "not-in-this-split",
        Text(f"{code} bukan hasil pemekaran ini.", f"{code} does not come out of this split."),
        Text("Sebut kode dari `into`.", "Name a code of `into`."),
    )


def records_stay() -> Said:
    """A place for the records of a region that goes on."""
    return Said(
        "records-stay",
        Text("Data tetap di wilayah induk yang berlanjut.", "Records stay in the region that goes on."),
        Text(
            "Hapus `records_to`, atau isi `continues` dengan false.", "Drop `records_to`, or set `continues` to false."
        ),
    )


def records_need_a_place() -> Said:
    """A region that ends without saying where its records go."""
    return Said(
        "records-need-a-place",
        Text("Wilayah ini berakhir; datanya perlu tempat.", "The region ends; what is registered there needs a place."),
        Text("Isi `records_to` dengan salah satu kode dari `into`.", "Set `records_to` to one code of `into`."),
    )


def merged_into_itself() -> Said:
    """A region that is among those that end and takes over from them."""
    return Said(
        "merged-into-itself",
        Text("Wilayah ini sekaligus berakhir dan melanjutkan.", "The region would end and take over at once."),
        Text("Sebut di `regions` hanya wilayah yang berakhir.", "Name in `regions` only those that end."),
    )


def before_earlier_change(code: str, latest: date) -> Fault:
    """An effective day that is not after what was changed last about a region."""
    return Said(
        "before-earlier-change",
        Text(f"{code} terakhir berubah pada {latest}.", f"{code} was last changed on {latest}."),
        Text("Perubahan ini harus berlaku sesudah hari itu.", "This change must be effective after that day."),
    ).at("/effective_on")
