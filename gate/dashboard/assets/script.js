// Fetches the page again when something has changed, and puts its content in the place of the old
// one, with focus and scrolling as they were. Without this script every page is whole.
(() => {
  "use strict";
  // An explanation is fetched when it is opened for the first time; until then, and where it cannot be
  // fetched, there is the link to its page.
  async function unfold(box) {
    if (!box.open || box.dataset.fetched) return;
    box.dataset.fetched = "yes";
    try {
      const page = await fetch(box.dataset.explain);
      const text = new DOMParser().parseFromString(await page.text(), "text/html").getElementById("explanation");
      if (!page.ok || !text) throw new Error(page.statusText);
      text.removeAttribute("id");
      box.querySelector("p").before(text);
    } catch { delete box.dataset.fetched; }
  }
  for (const box of document.querySelectorAll("details[data-explain]")) {
    box.addEventListener("toggle", () => unfold(box));
    unfold(box);
  }

  const main = () => document.getElementById("main");
  if (!window.EventSource || !main() || !("live" in main().dataset)) return;
  const live = document.getElementById("live");
  const news = document.getElementById("news");
  const answer = (of) => of.querySelector("h1")?.textContent.replace(/\s+/g, " ").trim() ?? "";
  const stops = () => [...main().querySelectorAll("a, [tabindex]")];
  const name = (e) => e.id || `${e.closest("section")?.getAttribute("aria-labelledby")} ${e.getAttribute("href")}`;
  let busy = false, again = false;

  const say = (words, lost) => { live.textContent = words; live.hidden = false; live.classList.toggle("lost", lost); };

  function swap(next) {
    const fresh = next.getElementById("main");
    if (!fresh) return;
    const before = answer(main()), focused = main().contains(document.activeElement) && document.activeElement;
    const key = focused && name(focused), same = focused && stops().filter((e) => name(e) === key).indexOf(focused);
    const sideways = new Map([...main().querySelectorAll(".scroll[id]")].map((e) => [e.id, e.scrollLeft]));
    const x = scrollX, y = scrollY;
    main().replaceWith(fresh);
    document.title = next.title;
    document.querySelector("footer").replaceWith(next.querySelector("footer"));
    sideways.forEach((left, id) => { const e = document.getElementById(id); if (e) e.scrollLeft = left; });
    if (focused) (stops().filter((e) => name(e) === key)[same] ?? fresh).focus({ preventScroll: true });
    scrollTo({ left: x, top: y, behavior: "instant" });
    if (answer(fresh) !== before) news.textContent = answer(fresh);
  }

  async function refresh() {
    if (busy || document.hidden) { again = true; return; }
    busy = true;
    again = false;
    try {
      const page = await fetch(location.href, { cache: "no-store" });
      if (page.ok) swap(new DOMParser().parseFromString(await page.text(), "text/html"));
    } catch { again = true; } // not there now: the events reconnect by themselves, and then it is fetched
    busy = false;
    if (again && !document.hidden) setTimeout(refresh, 2000);
  }

  const events = new EventSource("/events");
  let lost = false;
  events.addEventListener("open", () => { say("Live", false); if (lost) refresh(); lost = false; });
  events.addEventListener("changed", refresh);
  events.addEventListener("error", () => { lost = true; say(events.readyState === EventSource.CLOSED ? "Not live: reload to see what is new" : "Reconnecting", true); });
  setInterval(() => { if (main().querySelector("[data-left]")) refresh(); }, 60000); // the time that is left grows less
  document.addEventListener("visibilitychange", () => { if (again && !document.hidden) refresh(); });
})();
