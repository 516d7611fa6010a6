"""The names of places where licences are valid: countries, and states or provinces of three.

Countries are those of ISO 3166-1, two letters each, with three differences. The United Kingdom is
written ``UK``, which the standard reserves for it, because packs and people write it so; ``GB`` is
understood. Territories of the United States stand among its parts, where the standard lists them a
second time; its outlying islands, where nobody lives, are left out. Parts are those of ISO 3166-2
for the United States, Canada and Australia.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

_COUNTRIES: Final = """
AD Andorra; AE United Arab Emirates; AF Afghanistan; AG Antigua and Barbuda; AI Anguilla;
AL Albania; AM Armenia; AO Angola; AQ Antarctica; AR Argentina; AT Austria; AU Australia; AW Aruba;
AX Åland Islands; AZ Azerbaijan; BA Bosnia and Herzegovina; BB Barbados; BD Bangladesh; BE Belgium;
BF Burkina Faso; BG Bulgaria; BH Bahrain; BI Burundi; BJ Benin; BL Saint Barthélemy; BM Bermuda;
BN Brunei; BO Bolivia; BQ Caribbean Netherlands; BR Brazil; BS Bahamas; BT Bhutan;
BV Bouvet Island; BW Botswana; BY Belarus; BZ Belize; CA Canada; CC Cocos Islands;
CD Democratic Republic of the Congo; CF Central African Republic; CG Republic of the Congo;
CH Switzerland; CI Côte d’Ivoire; CK Cook Islands; CL Chile; CM Cameroon; CN China; CO Colombia;
CR Costa Rica; CU Cuba; CV Cape Verde; CW Curaçao; CX Christmas Island; CY Cyprus; CZ Czechia;
DE Germany; DJ Djibouti; DK Denmark; DM Dominica; DO Dominican Republic; DZ Algeria; EC Ecuador;
EE Estonia; EG Egypt; EH Western Sahara; ER Eritrea; ES Spain; ET Ethiopia; FI Finland; FJ Fiji;
FK Falkland Islands; FM Micronesia; FO Faroe Islands; FR France; GA Gabon; GD Grenada; GE Georgia;
GF French Guiana; GG Guernsey; GH Ghana; GI Gibraltar; GL Greenland; GM Gambia; GN Guinea;
GP Guadeloupe; GQ Equatorial Guinea; GR Greece; GS South Georgia and the South Sandwich Islands;
GT Guatemala; GW Guinea-Bissau; GY Guyana; HK Hong Kong; HM Heard Island and McDonald Islands;
HN Honduras; HR Croatia; HT Haiti; HU Hungary; ID Indonesia; IE Ireland; IL Israel; IM Isle of Man;
IN India; IO British Indian Ocean Territory; IQ Iraq; IR Iran; IS Iceland; IT Italy; JE Jersey;
JM Jamaica; JO Jordan; JP Japan; KE Kenya; KG Kyrgyzstan; KH Cambodia; KI Kiribati; KM Comoros;
KN Saint Kitts and Nevis; KP North Korea; KR South Korea; KW Kuwait; KY Cayman Islands;
KZ Kazakhstan; LA Laos; LB Lebanon; LC Saint Lucia; LI Liechtenstein; LK Sri Lanka; LR Liberia;
LS Lesotho; LT Lithuania; LU Luxembourg; LV Latvia; LY Libya; MA Morocco; MC Monaco; MD Moldova;
ME Montenegro; MF Saint Martin; MG Madagascar; MH Marshall Islands; MK North Macedonia; ML Mali;
MM Myanmar; MN Mongolia; MO Macau; MQ Martinique; MR Mauritania; MS Montserrat; MT Malta;
MU Mauritius; MV Maldives; MW Malawi; MX Mexico; MY Malaysia; MZ Mozambique; NA Namibia;
NC New Caledonia; NE Niger; NF Norfolk Island; NG Nigeria; NI Nicaragua; NL Netherlands; NO Norway;
NP Nepal; NR Nauru; NU Niue; NZ New Zealand; OM Oman; PA Panama; PE Peru; PF French Polynesia;
PG Papua New Guinea; PH Philippines; PK Pakistan; PL Poland; PM Saint Pierre and Miquelon;
PN Pitcairn Islands; PS Palestine; PT Portugal; PW Palau; PY Paraguay; QA Qatar; RE Réunion;
RO Romania; RS Serbia; RU Russia; RW Rwanda; SA Saudi Arabia; SB Solomon Islands; SC Seychelles;
SD Sudan; SE Sweden; SG Singapore; SH Saint Helena; SI Slovenia; SJ Svalbard and Jan Mayen;
SK Slovakia; SL Sierra Leone; SM San Marino; SN Senegal; SO Somalia; SR Suriname; SS South Sudan;
ST São Tomé and Príncipe; SV El Salvador; SX Sint Maarten; SY Syria; SZ Eswatini;
TC Turks and Caicos Islands; TD Chad; TF French Southern Territories; TG Togo; TH Thailand;
TJ Tajikistan; TK Tokelau; TL Timor-Leste; TM Turkmenistan; TN Tunisia; TO Tonga; TR Türkiye;
TT Trinidad and Tobago; TV Tuvalu; TW Taiwan; TZ Tanzania; UA Ukraine; UG Uganda;
UK United Kingdom; US United States; UY Uruguay; UZ Uzbekistan; VA Vatican City;
VC Saint Vincent and the Grenadines; VE Venezuela; VG British Virgin Islands; VN Vietnam;
VU Vanuatu; WF Wallis and Futuna; WS Samoa; YE Yemen; YT Mayotte; ZA South Africa; ZM Zambia;
ZW Zimbabwe
"""
_PARTS: Final = """
US-AL Alabama; US-AK Alaska; US-AZ Arizona; US-AR Arkansas; US-CA California; US-CO Colorado;
US-CT Connecticut; US-DE Delaware; US-DC District of Columbia; US-FL Florida; US-GA Georgia;
US-HI Hawaii; US-ID Idaho; US-IL Illinois; US-IN Indiana; US-IA Iowa; US-KS Kansas;
US-KY Kentucky; US-LA Louisiana; US-ME Maine; US-MD Maryland; US-MA Massachusetts;
US-MI Michigan; US-MN Minnesota; US-MS Mississippi; US-MO Missouri; US-MT Montana;
US-NE Nebraska; US-NV Nevada; US-NH New Hampshire; US-NJ New Jersey; US-NM New Mexico;
US-NY New York; US-NC North Carolina; US-ND North Dakota; US-OH Ohio; US-OK Oklahoma;
US-OR Oregon; US-PA Pennsylvania; US-RI Rhode Island; US-SC South Carolina; US-SD South Dakota;
US-TN Tennessee; US-TX Texas; US-UT Utah; US-VT Vermont; US-VA Virginia; US-WA Washington;
US-WV West Virginia; US-WI Wisconsin; US-WY Wyoming; US-AS American Samoa; US-GU Guam;
US-MP Northern Mariana Islands; US-PR Puerto Rico; US-VI U.S. Virgin Islands;
CA-AB Alberta; CA-BC British Columbia; CA-MB Manitoba; CA-NB New Brunswick;
CA-NL Newfoundland and Labrador; CA-NS Nova Scotia; CA-NT Northwest Territories; CA-NU Nunavut;
CA-ON Ontario; CA-PE Prince Edward Island; CA-QC Québec; CA-SK Saskatchewan; CA-YT Yukon;
AU-ACT Australian Capital Territory; AU-NSW New South Wales; AU-NT Northern Territory;
AU-QLD Queensland; AU-SA South Australia; AU-TAS Tasmania; AU-VIC Victoria; AU-WA Western Australia
"""
_ALSO: Final = """
UK GB; UK Great Britain; UK Britain; UK England; UK Scotland; UK Wales; UK Northern Ireland;
US USA; US United States of America; US America; IE Republic of Ireland; IE Eire;
NL Holland; DE Deutschland; AT Österreich; CH Schweiz; CH Suisse; CH Svizzera; CZ Czech Republic;
TR Turkey; AE UAE; KR Korea; KR Republic of Korea; VA Holy See; CI Ivory Coast; CV Cabo Verde;
SZ Swaziland; MM Burma; TL East Timor; MK Macedonia; RU Russian Federation; CN PRC;
MO Macao; CD Congo; CG Congo;
NZ Aotearoa; ES España; MX México; BR Brasil; FR Metropolitan France; US-DC Washington DC;
US-NY New York State; US-WA Washington State; US-VI Virgin Islands; CA-NL Newfoundland
"""


def _listed(text: str) -> list[tuple[str, str]]:
    """Return codes and names as they are written above."""
    found = (each.split(maxsplit=1) for each in " ".join(text.split()).split(";"))
    return [(code, name) for code, name in found]


NAMES: Final[Mapping[str, str]] = MappingProxyType(dict(_listed(_COUNTRIES) + _listed(_PARTS)))
"""What each code is called."""
ALSO: Final = tuple(_listed(_ALSO))
"""What else people write, with the code they mean."""
