"""How long until the console can be used: `run bench`. Medians of 9 in one browser, beside a page of the same program
that has nothing in it (GET /_amisim/health), for a busy machine makes both slower. No test asserts a time."""

import statistics

from conftest import ACCOUNT, ELSEWHERE, REGION, World
from playwright.sync_api import sync_playwright
from worlds import thousands

TIMES = 9
REGIONS = [REGION, ELSEWHERE, "us-east-2", "us-west-1", "us-west-2", "eu-central-1", "eu-west-2", "eu-west-3"]
REGIONS += ["ap-southeast-1", "ap-southeast-2"]
PAINT = "performance.getEntriesByName('first-contentful-paint')[0]"


def moment(browser, url, entry):
    """ms from the beginning of the navigation to that entry, with nothing in the browser's cache."""
    context = browser.new_context()
    page = context.new_page()
    page.goto(url)
    time = page.evaluate(
        f"new Promise(done => {{ const look = () => {{ const entry = {entry};"
        " entry ? done(entry.startTime) : setTimeout(look, 5); }; look(); })"
    )
    context.close()
    return time


def median(browser, url, entry):
    return statistics.median(moment(browser, url, entry) for _ in range(TIMES))


def mark(name):
    return f"performance.getEntriesByName('{name}')[0]"


def main():
    world = World("--pace", "instant")
    with world.simulator, sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path="/usr/bin/chromium", args=["--no-sandbox"])
        page, place = f"{world.url}/_amisim/", f"#/{ACCOUNT}/{REGION}"
        moment(browser, page, mark("usable"))  # the first one warms up
        empty = median(browser, f"{page}health", PAINT)
        print(f"a page with nothing in it     {empty:6.0f} ms")
        print(f"the overview, usable          {median(browser, page, mark('usable')):6.0f} ms")
        thousands(world, 5000, REGIONS)
        print(f"lineage of 5,000 AMIs, drawn  {median(browser, f'{page}{place}/lineage', mark('drawn')):6.0f} ms")


if __name__ == "__main__":
    main()
