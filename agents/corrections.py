"""The wording of corrections, clarifications and editors' notes, in the languages that most news is written in."""

from __future__ import annotations

import re

_LABEL = (
    r"(?:corrections?|clarifications?|editors?.?s? note|note to readers|korrektur(?:en)?|richtigstellung|berichtigung|"
    r"anmerkung der redaktion|hinweis der redaktion|transparenzhinweis|klarstellung|rectificatifs?|précision|erratum|"
    r"note de la rédaction|correction|correcci[oó]n|fe de err(?:ores|atas)|rectificaci[oó]n|aclaraci[oó]n|nota del editor|"
    r"nota de la redacci[oó]n|errata|rettifica|precisazione|correzione|nota della redazione|errata corrige|correctie|"
    r"rectificatie|corre[cç][aã]o|esclarecimento|nota d[ao] reda[cç][aã]o|nota do editor|rättelse|rettelse|korrigering|"
    r"sprostowanie|düzeltme|исправление|уточнение|поправка|от редакции|примечание редакции|更正(?:启事|聲明|声明)?|勘误|编者按|"
    r"編者按|訂正(?:とお詫び)?|おわびと訂正|お詫びと訂正|تصحيح|تصويب|توضيح|ملاحظة المحرر|स्पष्टीकरण|भूल सुधार|संशोधन|सुधार)"
)
_THIS = r"(?:article|story|post|report|piece|headline|page|item|version)"
_CORRECTED = r"(?:amended|corrected|updated|edited|changed|revised|clarified)"
_CORRECTS = re.compile(
    rf"\W*{_LABEL}(?: ?\(.{{1,40}}\)|,? .{{1,30}})?\s?[:：.،-]\s?.{{8,}}"
    r"|\W*(?:an?|the) (?:earlier|previous|former|original) (?:version|headline|caption) (?:of|on|to) this .{15,}"
    rf"|\W*this {_THIS} (?:has been|was) (?:\w+ )?{_CORRECTED}\b.{{10,}}"
    r"|\W*(?:in einer|eine|in der) (?:frühere|vorherige|ursprüngliche|ersten)n? (?:version|fassung) .{15,}"
    r"|\W*(?:dieser|der) (?:artikel|text|beitrag) wurde .{0,60}(?:korrigiert|berichtigt|geändert).*"
    r"|\W*(?:dans )?une (?:première )?version (?:précédente|antérieure|de cet article).{15,}"
    r"|\W*cet article a été (?:corrigé|modifié|rectifié).*"
    r"|\W*(?:en )?una versi[oó]n (?:anterior|previa) de est[ea] .{15,}"
    r"|\W*est[ea] (?:art[ií]culo|noticia|nota|informaci[oó]n) (?:ha sido|fue) (?:corregid|modificad|rectificad)[oa].*"
    r"|\W*(?:em )?uma vers[aã]o anterior (?:dest|d?est)[ea] .{15,}"
    r"|\W*est[ea] (?:texto|reportagem|mat[eé]ria|artigo|not[ií]cia) foi (?:corrigid|alterad|atualizad)[oa].*"
    r"|\W*(?:in )?una (?:precedente )?versione (?:precedente )?di quest.{15,}"
    r"|\W*в (?:более ранней|предыдущей|первой|первоначальной) версии .{15,}"
    r"|.{0,40}(?:本文|此前报道|此前報道|早前版本|先前版本).{0,30}(?:更正|有误|有誤|错误|錯誤|误).*"
    r"|.{0,60}(?:とあったのは|とあるのは|誤りでした|訂正します|修正しました|訂正しました).*"
    r"|.{0,60}(?:النسخة السابقة|نسخة سابقة|تم تصحيح|جرى تصحيح|جرى تعديل).*",
    re.DOTALL,
)
_ONLY_LABEL = re.compile(rf"{_LABEL}\s?[:：]?")
_HINT = re.compile(
    rf"{_LABEL}|(?:earlier|previous|former|original) (?:version|headline|caption)|this {_THIS} (?:has been|was)"
    r"|(?:frühere|vorherige|ursprüngliche|ersten)n? (?:version|fassung)|wurde .{0,60}(?:korrigiert|berichtigt|geändert)"
    r"|une (?:première )?version|cet article a été|versi[oó]n (?:anterior|previa)|est[ea] \w+ (?:ha sido|fue|foi) "
    r"|vers[aã]o anterior|versione|версии|本文|此前报道|早前版本|先前版本|とあ|誤り|訂正|修正|نسخة|تصحيح|تعديل"
)


def may_have_correction(text: str) -> bool:
    """Whether any of the words for a correction is in a text, folded and in lower case; most texts have none."""
    return _HINT.search(text) is not None


def is_correction(text: str) -> bool:
    """Whether a text, folded and in lower case, is a correction."""
    return _CORRECTS.fullmatch(text) is not None


def is_label(text: str) -> bool:
    """Whether it is only the word for one."""
    return _ONLY_LABEL.fullmatch(text) is not None
