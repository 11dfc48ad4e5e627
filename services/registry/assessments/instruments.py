"""Instruments of assessment: checklists in versions, as data. A version is never changed: assessments name it.

No official scale of a WKSBM's development could be read. The nearest practice is that of KUBE, whose checklist is
adapted here for every type of institution: the stage is what the assessor finds, the answers are what it rests on, and
no count of them decides.
"""

from dataclasses import dataclass

from shared.codes import DevelopmentStage
from shared.language import Text


@dataclass(frozen=True, slots=True)
class Item:
    """A statement that is answered by yes or no, and the stage it speaks for."""

    code: str
    stage: DevelopmentStage
    label: Text


@dataclass(frozen=True, slots=True)
class Instrument:
    """A version of a checklist."""

    code: str
    version: int
    title: Text
    note: Text
    source: str
    items: tuple[Item, ...]

    @property
    def name(self) -> str:
        """As events tell it: `KUBE, 1`."""
        return f"{self.code}, {self.version}"


_TUMBUH, _BERKEMBANG, _MANDIRI = DevelopmentStage.TUMBUH, DevelopmentStage.BERKEMBANG, DevelopmentStage.MANDIRI

KUBE_1 = Instrument(
    code="KUBE",
    version=1,
    title=Text("Tahap perkembangan KUBE", "Stages of a KUBE's development"),
    note=Text(
        "Disesuaikan dari praktik KUBE untuk semua jenis lembaga; belum ada skala resmi untuk WKSBM. "
        "Tahap adalah temuan penilai, bukan hasil hitungan jawaban.",
        "Adapted from the practice of KUBE for all types of institution; there is no official scale for WKSBM. "
        "The stage is the assessor's finding, not a count of the answers.",
    ),
    # English: `domain.md` §1.5, word for word; Indonesian: ours.
    source="https://123dok.com/article/ciri-ciri-tahap-perkembangan-kube-kelurahan-kebon-waru.wq2vk72y",
    items=(
        Item("pendamping", _TUMBUH, Text("memiliki pendamping", "has pendamping")),
        Item("pelatihan", _TUMBUH, Text("pernah mengikuti pelatihan", "had training")),
        Item("pengurus", _TUMBUH, Text("pengurus terbentuk", "pengurus formed")),
        Item("bantuan_uep", _TUMBUH, Text("menerima bantuan UEP", "received UEP aid")),
        Item("papan_nama", _TUMBUH, Text("papan nama", "name board")),
        Item("kegiatan_dimulai", _TUMBUH, Text("kegiatan baru dimulai", "activity just started")),
        Item("sesuai_kepengurusan", _BERKEMBANG,
             Text("kegiatan berjalan sesuai struktur kepengurusan", "activity run according to the management structure")),
        Item("pemanfaatan_laba", _BERKEMBANG,
             Text("laba dipakai untuk modal, kesejahteraan anggota, Iuran Kesetiakawanan Sosial (IKS)",
                  "profit used for modal, kesejahteraan anggota, Iuran Kesetiakawanan Sosial (IKS)")),
        Item("kepercayaan", _BERKEMBANG, Text("kepercayaan/harga diri meningkat", "trust/self-esteem up")),
        Item("hubungan_masyarakat", _BERKEMBANG,
             Text("hubungan dengan masyarakat meningkat", "relations with community up")),
        Item("hasil_dirasakan", _BERKEMBANG, Text("hasil dirasakan", "results felt")),
        Item("modal_tumbuh", _MANDIRI, Text("modal tumbuh", "capital grows")),
        Item("iks_disisihkan", _MANDIRI,
             Text("menyisihkan IKS untuk anggota, keluarga miskin lain dan lingkungan",
                  "sets IKS aside for members, other poor families and neighbourhood")),
        Item("pengelolaan_baik", _MANDIRI, Text("pengelolaan baik", "management good")),
        Item("lembaga_ekonomi", _MANDIRI, Text("terhubung dengan lembaga ekonomi", "links to economic bodies")),
        Item("hubungan_melembaga", _MANDIRI,
             Text("hubungan dengan masyarakat dan lembaga sosial baik dan melembaga",
                  "relations with community and social institutions good and melembaga")),
    ),
)  # fmt: skip

INSTRUMENTS: dict[tuple[str, int], Instrument] = {(one.code, one.version): one for one in (KUBE_1,)}
