"""Tax ids: which types there are, what they look like, and where they are from.

Like Stripe, the mock looks at the form of an id and not at its check digits, which the documented examples do not keep.
Source: docs.stripe.com/billing/customer/tax-ids
"""

from __future__ import annotations

import re
from typing import Protocol

from stdnum.al import nipt as al_nipt
from stdnum.ar import cuit as ar_cuit
from stdnum.au import abn as au_abn
from stdnum.au import acn as au_acn
from stdnum.az import voen as az_voen
from stdnum.bg import vat as bg_vat
from stdnum.br import cnpj as br_cnpj
from stdnum.br import cpf as br_cpf
from stdnum.by import unp as by_unp
from stdnum.ca import bn as ca_bn
from stdnum.ch import vat as ch_vat
from stdnum.cl import rut as cl_rut
from stdnum.cn import uscc as cn_uscc
from stdnum.co import nit as co_nit
from stdnum.cz import dic as cz_dic
from stdnum.de import stnr as de_stnr
from stdnum.do import rnc as do_rnc
from stdnum.ec import ruc as ec_ruc
from stdnum.eg import tn as eg_tn
from stdnum.es import cif as es_cif
from stdnum.eu import vat as eu_vat
from stdnum.exceptions import InvalidChecksum, InvalidComponent, ValidationError
from stdnum.fo import vn as fo_vn
from stdnum.fr import nif as fr_nif
from stdnum.fr import siren as fr_siren
from stdnum.fr import siret as fr_siret
from stdnum.gb import vat as gb_vat
from stdnum.gh import tin as gh_tin
from stdnum.hr import oib as hr_oib
from stdnum.hu import anum as hu_anum
from stdnum.id import npwp as id_npwp
from stdnum.il import hp as il_hp
from stdnum.in_ import gstin as in_gstin
from stdnum.is_ import kennitala as is_kennitala
from stdnum.is_ import vsk as is_vsk
from stdnum.it import codicefiscale as it_codicefiscale
from stdnum.jp import cn as jp_cn
from stdnum.ke import pin as ke_pin
from stdnum.kr import brn as kr_brn
from stdnum.me import pib as me_pib
from stdnum.mk import edb as mk_edb
from stdnum.mx import rfc as mx_rfc
from stdnum.no import mva as no_mva
from stdnum.nz import ird as nz_ird
from stdnum.pl import nip as pl_nip
from stdnum.pt import nif as pt_nif
from stdnum.py import ruc as py_ruc
from stdnum.rs import pib as rs_pib
from stdnum.ru import inn as ru_inn
from stdnum.sg import uen as sg_uen
from stdnum.si import ddv as si_ddv
from stdnum.sm import coe as sm_coe
from stdnum.sv import nit as sv_nit
from stdnum.th import tin as th_tin
from stdnum.tr import vkn as tr_vkn
from stdnum.tw import ubn as tw_ubn
from stdnum.us import ein as us_ein
from stdnum.uy import rut as uy_rut
from stdnum.ve import rif as ve_rif
from stdnum.vn import mst as vn_mst
from stdnum.za import tin as za_tin

MAX_LENGTH = 50


def words(text: str) -> tuple[str, ...]:
    """The words of a text, as data that is easier to read without quotes."""
    return tuple(text.split())


TYPES = words(
    """
    ad_nrt ae_trn al_tin am_tin ao_tin ar_cuit au_abn au_acn au_arn au_wpn aw_tin az_tin ba_tin bb_tin bd_bin
    bf_ifu bg_uic bh_vat bj_ifu bo_tin br_cnpj br_cpf bs_tin bw_vat by_tin ca_bn ca_gst_hst ca_pst_bc
    ca_pst_mb ca_pst_sk ca_qst cd_nif ch_uid ch_vat ci_vat cl_tin cm_niu cn_tin co_nit cr_tin cv_nif cz_dic
    de_stn do_rcn ec_ruc eg_tin es_cif et_tin eu_oss_vat eu_vat fo_vat fr_siren fr_siret fr_spi gb_vat ge_vat
    gh_tin gi_tin gn_nif hk_br hr_oib hu_tin ic_nif id_npwp il_vat in_gst is_kt is_vat it_cf jp_cn jp_rn
    jp_trn ke_pin kg_tin kh_tin kr_brn kz_bin la_tin li_uid li_vat lk_vat ma_vat md_cf md_vat me_pib mk_vat
    mr_nif mu_vat mx_rfc my_frp my_itn my_sst mz_nuit ng_tin no_vat no_voec np_pan nz_bn nz_gst om_vat pe_ruc
    ph_tin pl_nip pt_nif py_ruc ro_tin rs_pib ru_inn ru_kpp sa_vat sg_gst sg_uen si_tin sm_coe sn_ninea sr_fin
    sv_nit th_vat tj_tin tr_tin tt_bir tt_vat tw_vat tz_vat ua_vat ug_tin us_ein uy_ruc uz_tin uz_vat ve_rif
    vn_tin za_vat zm_tin zw_tin
    """
)

EXAMPLES = {
    "ad_nrt": "A-123456-Z",
    "ae_trn": "123456789012345",
    "ar_cuit": "12-3456789-01",
    "au_abn": "12345678912",
    "au_arn": "123456789123",
    "bg_uic": "123456789",
    "bo_tin": "123456789",
    "br_cnpj": "01.234.456/5432-10",
    "br_cpf": "123.456.789-87",
    "ca_bn": "123456789",
    "ca_gst_hst": "123456789RT0002",
    "ca_pst_bc": "PST-1234-5678",
    "ca_pst_mb": "123456-7",
    "ca_pst_sk": "1234567",
    "ca_qst": "1234567890TQ1234",
    "ch_uid": "CHE-123.456.789 HR",
    "ch_vat": "CHE-123.456.789 MWST",
    "cl_tin": "12.345.678-K",
    "cn_tin": "123456789012345678",
    "co_nit": "123.456.789-0",
    "cr_tin": "1-234-567890",
    "de_stn": "1234567890",
    "do_rcn": "123-4567890-1",
    "ec_ruc": "1234567890001",
    "eg_tin": "123456789",
    "es_cif": "A12345678",
    "eu_oss_vat": "EU123456789",
    "gb_vat": "GB123456789",
    "ge_vat": "123456789",
    "hk_br": "12345678",
    "hr_oib": "12345678901",
    "hu_tin": "12345678-1-23",
    "id_npwp": "012.345.678.9-012.345",
    "il_vat": "000012345",
    "in_gst": "12ABCDE3456FGZH",
    "is_vat": "123456",
    "jp_cn": "1234567891234",
    "jp_rn": "12345",
    "jp_trn": "T1234567891234",
    "ke_pin": "P000111111A",
    "kr_brn": "123-45-67890",
    "li_uid": "CHE123456789",
    "mx_rfc": "ABC010203AB9",
    "my_frp": "12345678",
    "my_itn": "C 1234567890",
    "my_sst": "A12-3456-78912345",
    "ng_tin": "12345678-0001",
    "no_vat": "123456789MVA",
    "no_voec": "1234567",
    "nz_gst": "123456789",
    "om_vat": "OM1234567890",
    "pe_ruc": "12345678901",
    "ph_tin": "123456789012",
    "ro_tin": "1234567890123",
    "rs_pib": "123456789",
    "ru_inn": "1234567891",
    "ru_kpp": "123456789",
    "sa_vat": "123456789012345",
    "sg_gst": "M12345678X",
    "sg_uen": "123456789F",
    "si_tin": "12345678",
    "sv_nit": "1234-567890-123-4",
    "th_vat": "1234567891234",
    "tr_tin": "0123456789",
    "tw_vat": "12345678",
    "ua_vat": "123456789",
    "us_ein": "12-3456789",
    "uy_ruc": "123456789012",
    "ve_rif": "A-12345678-9",
    "vn_tin": "1234567890",
    "za_vat": "4123456789",
}
"""One documented id of a type; another with letters, digits and separators in the same places is of its form."""

EU_EXAMPLES = words(
    """
    ATU12345678 BE0123456789 BG0123456789 CY12345678Z CZ1234567890 DE123456789 DK12345678 EE123456789
    EL123456789 ESA1234567Z FI12345678 FRAB123456789 HR12345678912 HU12345678 IE1234567AB IT12345678912
    LT123456789123 LU12345678 LV12345678912 MT12345678 NL123456789B12 PL1234567890 PT123456789 RO1234567891
    SE123456789123 SI12345678 SK1234567891 XI123456789
    """
)
"""One documented id of each country whose VAT numbers are `eu_vat`."""


class Standard(Protocol):
    """What a module of python-stdnum offers."""

    def validate(self, number: str, /) -> str: ...


STANDARDS: dict[str, Standard] = {
    "al_tin": al_nipt,
    "ar_cuit": ar_cuit,
    "au_abn": au_abn,
    "au_acn": au_acn,
    "az_tin": az_voen,
    "bg_uic": bg_vat,
    "br_cnpj": br_cnpj,
    "br_cpf": br_cpf,
    "by_tin": by_unp,
    "ca_bn": ca_bn,
    "ch_vat": ch_vat,
    "cl_tin": cl_rut,
    "cn_tin": cn_uscc,
    "co_nit": co_nit,
    "cz_dic": cz_dic,
    "de_stn": de_stnr,
    "do_rcn": do_rnc,
    "ec_ruc": ec_ruc,
    "eg_tin": eg_tn,
    "es_cif": es_cif,
    "eu_vat": eu_vat,
    "fo_vat": fo_vn,
    "fr_siren": fr_siren,
    "fr_siret": fr_siret,
    "fr_spi": fr_nif,
    "gb_vat": gb_vat,
    "gh_tin": gh_tin,
    "hr_oib": hr_oib,
    "hu_tin": hu_anum,
    "id_npwp": id_npwp,
    "il_vat": il_hp,
    "in_gst": in_gstin,
    "is_kt": is_kennitala,
    "is_vat": is_vsk,
    "it_cf": it_codicefiscale,
    "jp_cn": jp_cn,
    "ke_pin": ke_pin,
    "kr_brn": kr_brn,
    "me_pib": me_pib,
    "mk_vat": mk_edb,
    "mx_rfc": mx_rfc,
    "no_vat": no_mva,
    "nz_gst": nz_ird,
    "pl_nip": pl_nip,
    "pt_nif": pt_nif,
    "py_ruc": py_ruc,
    "rs_pib": rs_pib,
    "ru_inn": ru_inn,
    "sg_uen": sg_uen,
    "si_tin": si_ddv,
    "sm_coe": sm_coe,
    "sv_nit": sv_nit,
    "th_vat": th_tin,
    "tr_tin": tr_vkn,
    "tw_vat": tw_ubn,
    "us_ein": us_ein,
    "uy_ruc": uy_rut,
    "ve_rif": ve_rif,
    "vn_tin": vn_mst,
    "za_vat": za_tin,
}
"""Types whose form python-stdnum knows."""

COUNTRIES = {"EL": "GR", "XI": "GB", "IC": "ES", "EU": None}
"""Prefixes that are no country codes."""


def has_form(kind: str, value: str) -> bool:
    """Whether a value looks like an id of this type; anything does where no form is known."""
    if not 0 < len(value) <= MAX_LENGTH:
        return False
    examples = EU_EXAMPLES if kind == "eu_vat" else (EXAMPLES[kind],) if kind in EXAMPLES else ()
    if kind == "eu_vat":
        examples = tuple(example for example in examples if example[:2] == value[:2].upper())
    if any(shape(value) == shape(example) for example in examples):
        return True
    if kind in STANDARDS:
        return is_standard(kind, value)
    return kind not in EXAMPLES


def shape(value: str) -> str:
    """An id with `9` for each digit, `A` for each letter, and without separators."""
    compact = re.sub(r"[\s./-]", "", value.upper())
    return re.sub(r"[A-Z]", "A", re.sub(r"[0-9]", "9", compact))


def is_standard(kind: str, value: str) -> bool:
    """Whether python-stdnum takes the value, wrong check digits aside."""
    try:
        STANDARDS[kind].validate(value)
    except (InvalidChecksum, InvalidComponent):
        return kind != "eu_vat" or value[:2].upper() in {example[:2] for example in EU_EXAMPLES}
    except ValidationError:
        return False
    return True


def is_exact(kind: str, value: str) -> bool:
    """Whether the check digits are right as well."""
    try:
        STANDARDS[kind].validate(value)
    except ValidationError:
        return False
    return True


def country_of(kind: str, value: str) -> str | None:
    """The country that an id belongs to, by its type, or for the European Union by its first letters."""
    prefix = (value if kind == "eu_vat" else kind)[:2].upper()
    return COUNTRIES.get(prefix, prefix)
