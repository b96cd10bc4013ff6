"""A picture, an instruction, perhaps a mask; then before and after over each other."""

from __future__ import annotations

import base64

import pytest
from playwright.async_api import expect
from support.picture_site import open_site
from support.samples import decoded, plain, quarters
from support.studio import DESKTOP, PHONE, OpenStudio, Studio, paint, pixels

pytestmark = pytest.mark.asyncio(loop_scope="session")

INVERT = "Invert the colours"
TRANSFER = """([kind, name, data]) => {
    const bytes = Uint8Array.from(atob(data), (letter) => letter.charCodeAt(0));
    const transfer = new DataTransfer();
    transfer.items.add(new File([bytes], name, {type: 'image/png'}));
    const how = {bubbles: true, cancelable: true};
    const event = kind === 'drop' ? new DragEvent(kind, {...how, dataTransfer: transfer})
                                  : new ClipboardEvent(kind, {...how, clipboardData: transfer});
    document.body.dispatchEvent(event);
}"""


@pytest.mark.parametrize("device", [DESKTOP, PHONE], ids=["desktop", "phone"])
async def test_an_edited_file_lies_over_its_original(open_studio: OpenStudio, device: dict[str, object]) -> None:
    desk = await (await open_studio(device=device)).turn_to("edit")
    await desk.take("photo.png", plain((96, 64), "red"))
    await desk.say(INVERT)

    picture = await desk.make()

    await expect(picture.locator(".facts")).to_contain_text(pixels(96, 64))
    before, after = [decoded(await desk.shown(picture.locator(f"img.{side}"))) for side in ("before", "after")]
    assert before.convert("RGB").getpixel((48, 32)) == (255, 0, 0)
    assert after.convert("RGB").getpixel((48, 32)) == (0, 255, 255)


@pytest.mark.parametrize("kind", ["drop", "paste"])
async def test_a_dropped_or_pasted_picture_goes_to_the_editing_desk(studio: Studio, kind: str) -> None:
    data = base64.b64encode(plain((96, 64))).decode()

    await studio.page.evaluate(TRANSFER, [kind, "photo.png", data])

    desk = studio.desk("edit")
    await expect(desk.find(".chosen .facts")).to_contain_text(f"photo.png · {pixels(96, 64)}")
    await expect(desk.find("textarea")).to_be_focused()


async def test_a_painted_mask_limits_the_edit(studio: Studio) -> None:
    desk = await studio.turn_to("edit")
    await desk.take("photo.png", quarters((320, 240)))
    await desk.has_taken()
    await desk.find(".paint").click()
    await paint(desk, (0.25, 0.25), (0.4, 0.25))
    await studio.page.click("#painter .done")
    await desk.say(INVERT)

    picture = await desk.make()

    after = decoded(await desk.shown(picture.locator("img.after"))).convert("RGB")
    assert after.getpixel((100, 60)) == (0, 255, 255), "red inside of the stroke is turned round"
    assert after.getpixel((20, 20)) == (255, 0, 0), "outside of it stays"
    assert after.getpixel((80, 180)) == (0, 0, 255)


async def test_a_mask_can_be_painted_with_the_keyboard_and_taken_back(studio: Studio) -> None:
    desk = await studio.turn_to("edit")
    await desk.take("photo.png", plain((320, 240)))
    await desk.find(".paint").click()
    await studio.page.locator("#painter canvas").focus()
    undo = studio.page.locator("#painter .undo")

    await studio.page.keyboard.press("Space")
    await expect(undo).to_be_enabled()
    await studio.page.keyboard.press("z")
    await expect(undo).to_be_disabled()
    await studio.page.keyboard.press("Escape")

    await expect(desk.find(".paint span")).to_have_text("Paint a mask")


async def test_what_was_erased_is_left_alone(studio: Studio) -> None:
    desk = await studio.turn_to("edit")
    await desk.take("photo.png", plain((320, 240), "red"))
    await desk.find(".paint").click()
    await paint(desk, (0.1, 0.5), (0.9, 0.5))
    await studio.page.locator('#painter input[value="erase"]').check(force=True)
    await paint(desk, (0.6, 0.5), (0.9, 0.5))
    await studio.page.click("#painter .done")
    await desk.say(INVERT)

    picture = await desk.make()

    after = decoded(await desk.shown(picture.locator("img.after"))).convert("RGB")
    assert [after.getpixel((x, 120)) for x in (64, 260)] == [(0, 255, 255), (255, 0, 0)]


async def test_the_slider_follows_keys_and_the_pointer(studio: Studio) -> None:
    desk = await studio.turn_to("edit")
    await desk.take("photo.png", plain((320, 240)))
    await desk.say(INVERT)
    frame = (await desk.make()).locator(".compare")
    slider = frame.locator("input")

    await slider.focus()
    await studio.page.keyboard.press("ArrowRight")
    await expect(slider).to_have_value("51")
    box = await frame.bounding_box()
    assert box is not None
    await studio.page.mouse.click(box["x"] + box["width"] * 0.2, box["y"] + 20)

    await expect(slider).to_have_value("20")
    await expect(slider).to_have_attribute("aria-valuetext", "20 % before")


async def test_the_result_can_be_edited_on_by_its_link(studio: Studio) -> None:
    desk = await studio.turn_to("edit")
    await desk.take("photo.png", plain((96, 64), "red"))
    await desk.say(INVERT)
    await (await desk.make()).locator(".to-edit").click()
    await expect(desk.find(".chosen .facts")).to_contain_text(f"edit.png · {pixels(96, 64)}")

    async with studio.page.expect_request("**/v1/images/edits") as asked:
        await desk.submit()

    assert f"{studio.address}/images/" in ((await asked.value).post_data or "")
    await expect(desk.pictures.locator("img.before")).to_have_count(1)
    before = decoded(await desk.shown(desk.pictures.locator("img.before"))).convert("RGB")
    assert before.getpixel((48, 32)) == (0, 255, 255)


async def test_an_expired_link_is_no_loss_while_the_picture_is_here(studio: Studio) -> None:
    desk = studio.desk("generate")
    await desk.say("A lighthouse")
    await (await desk.make()).locator(".to-edit").click()
    desk = studio.desk("edit")
    await desk.has_taken()
    await desk.say(INVERT)
    gone = {"message": "Image not found or expired.", "type": "invalid_request_error", "param": "image", "code": None}
    studio.foretold.append("status of 400")

    await studio.page.route("**/edits", lambda route: route.fulfill(status=400, json={"error": gone}), times=1)
    await desk.make()

    await expect(desk.pictures.locator("img.before")).to_have_count(1)


async def test_a_picture_elsewhere_is_fetched_by_the_gateway_alone(open_studio: OpenStudio) -> None:
    async with open_site() as site:
        address = site.show("/photo.png", plain((96, 64)))
        desk = await (await open_studio({"inputs": {"allow_private_networks": True}})).turn_to("edit")
        await desk.find(".address input").fill(address)
        await desk.find(".address button").click()
        await expect(desk.find(".chosen .facts")).to_contain_text("fetched by the gateway")
        await desk.say(INVERT)

        picture = await desk.make()

        await expect(picture.locator(".facts")).to_contain_text(pixels(96, 64))
        assert site.visits == ["/photo.png"]
