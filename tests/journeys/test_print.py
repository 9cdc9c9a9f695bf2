"""What a page looks like on paper."""

from tests.support.pages import sign_in, visitor

NOTED = "/learn/lead-professional/whom-you-ring"


def test_whoever_chose_dark_prints_dark_words_on_white_paper(served, browser):
    context = visitor(browser, served, phone=False)
    sign_in(context, "person30")
    page = context.new_page()
    page.goto("/me/")
    page.select_option("#theme", "dark")
    page.click("text=Save colours")
    page.goto("/learn/")
    on_screen, on_paper = "rgb(243, 235, 241)", "rgb(42, 27, 43)"
    colour = "() => getComputedStyle(document.body).color"
    assert page.evaluate(colour) == on_screen
    page.emulate_media(media="print")
    assert page.evaluate(colour) == on_paper
    context.close()


def test_a_private_note_stays_off_the_paper(served, browser):
    context = visitor(browser, served, phone=False)
    sign_in(context, "person31")
    page = context.new_page()
    page.goto(NOTED)
    assert page.is_visible("#reflection")
    page.emulate_media(media="print")
    assert page.is_visible("h1")
    assert not page.is_visible("#reflection")
    context.close()
