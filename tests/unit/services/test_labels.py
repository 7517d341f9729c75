"""Goods sold by their label: barcodes in every length, weights and prices from GS1 codes and the store's scales."""

from __future__ import annotations

import pytest

from app.domain.product import Product
from app.domain.sale import Line
from app.errors import Refusal
from app.services import checkout, labels, members
from app.services.members import CustomerFound, ProductFound
from tests.support.fakes import FakeTill, fake_till
from tests.unit.domain.test_scan import both, label

APPLES = Product("12345", "红富士苹果", "fruit", 1990, tax_percent="9", barcodes=("6901234567892",))


def till(**settings: str) -> FakeTill:
    fake = fake_till()
    fake.essentials.products += (APPLES,)
    fake.essentials.values.update({f"scan.{name}": text for name, text in settings.items()})
    return fake


def sold(fake: FakeTill, code: str) -> tuple[str, int]:
    found = members.identify(fake.till, code)
    assert isinstance(found, ProductFound)
    return found.product.name, found.product.unit_minor


def refused(fake: FakeTill, code: str) -> str:
    with pytest.raises(Refusal) as caught:
        members.identify(fake.till, code)
    return caught.value.code


@pytest.mark.parametrize(
    ("code", "name", "minor"),
    [
        ("]C10106901234567892", "红富士苹果", 1990),
        ("]C101069012345678923103001235", "红富士苹果 1.235 kg", 2458),
        ("]e001069012345678923100000002", "红富士苹果 2 kg", 3980),
        ("]d2010690123456789239221980", "红富士苹果", 1980),
        ("]Q30106901234567892392319805", "红富士苹果", 1981),
        ("]Q301069012345678923103001235392" + "01980", "红富士苹果 1.235 kg", 198_000),
        ("]C10106901234567892172611231" + "0LOT7", "红富士苹果", 1990),
    ],
)
def test_a_gs1_code_sells_at_its_price_or_weight(code: str, name: str, minor: int) -> None:
    assert sold(till(), code) == (name, minor)


@pytest.mark.parametrize(
    ("code", "why"),
    [
        ("]C1nonsense", "gs1_unreadable"),
        ("]C100069012345678901239", "gs1_unreadable"),
        ("]C10106901234567893", "gs1_unreadable"),
        ("]C10116901234567899", "product_unknown"),
        ("]C101069012345678923922" + "0", "label_without_price"),
        ("0106901234567892", "code_unknown"),
    ],
)
def test_a_gs1_code_that_sells_nothing_says_why(code: str, why: str) -> None:
    assert refused(till(), code) == why


def test_a_label_of_the_scales_becomes_a_line_at_its_price() -> None:
    fake = till()
    code = label("2.IIIIIPPPPPC", I="12345", P="02458")
    assert sold(fake, f"]E0{code}") == ("红富士苹果", 2458)
    cart = checkout.with_product(fake.till, checkout.Cart(), labels.of_scales(fake.till, code) or APPLES)
    assert cart.basket.lines == (
        Line(2458, 1, "12345", "红富士苹果", "fruit", tax_minor=cart.basket.lines[0].tax_minor),
    )
    assert checkout.with_product(fake.till, cart, APPLES).basket.gross_minor == 2458 + 1990


def test_a_weight_is_sold_at_the_price_of_the_kilogram() -> None:
    fake = till(instore="21IIIIIWWWWWC")
    assert sold(fake, label("21IIIIIWWWWWC", I="12345", W="01235")) == ("红富士苹果 1.235 kg", 2458)
    assert refused(fake, label("21IIIIIWWWWWC", I="12345", W="00000")) == "label_without_price"
    assert refused(fake, label("21IIIIIWWWWWC", I="54321", W="00100")) == "product_unknown"


def test_an_item_is_found_without_its_zeros_and_with_its_prefix() -> None:
    fake = till()
    fake.essentials.products += (Product("42", "散装糖", "sweets", 100),)
    fake.essentials.products += (Product("2700077", "卤味", "deli", 100),)
    assert sold(fake, label("2.IIIIIPPPPPC", I="00042", P="00500")) == ("散装糖", 500)
    assert sold(fake, label("27IIIIIPPPPPC", I="00077", P="00600")) == ("卤味", 600)


def test_a_barcode_of_the_store_that_begins_with_2_stays_goods() -> None:
    fake = till()
    code = label("2.IIIIIPPPPPC", I="12345", P="02458")
    fake.essentials.products += (Product("own", "自有商品", "own", 700, barcodes=(code,)),)
    assert sold(fake, code) == ("自有商品", 700)


def test_goods_are_found_however_many_zeros_the_scanner_puts_before_them() -> None:
    fake = till()
    fake.essentials.products += (Product("upc", "UPC", "x", 100, barcodes=("012345678905",)),)
    assert sold(fake, "]E00012345678905") == ("UPC", 100)
    assert sold(fake, "06901234567892") == ("红富士苹果", 1990)


def test_korean_goods_and_cards_are_told_apart_by_how_they_were_printed() -> None:
    fake, code = till(), both()
    fake.essentials.products += (Product("kr", "韩国饼干", "food", 900, barcodes=(code,)),)
    assert sold(fake, f"]E0{code}") == sold(fake, code) == ("韩国饼干", 900)
    found = members.identify(fake.till, f"]C0{code}")
    assert isinstance(found, CustomerFound)
    assert found.unknown_card
    assert refused(till(), f"]E0{code}") == "product_unknown"


def test_the_chains_table_makes_a_number_a_card() -> None:
    found = members.identify(till(codes="10:77=card").till, "7712345678")
    assert isinstance(found, CustomerFound)
    assert found.customer.card == "7712345678"
