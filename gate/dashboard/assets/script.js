// Keeps a page as new as what it shows: htmx fetches its content again when something has changed, and puts it in
// the place of the old one, with focus, what was opened and scrolling as they were. Without this every page is whole.
(() => {
  "use strict";
  const pages = document.getElementById("pages"), here = pages?.querySelector("[aria-current]")?.getBoundingClientRect();
  if (here) pages.scrollLeft += here.left + here.width / 2 - pages.clientWidth / 2; // where not all of them are seen, this one is
  const main = () => document.getElementById("main");
  const every = () => 1000 * Number(main()?.dataset.live ?? 0); // at the most so often; 0: never
  if (!window.EventSource || !window.htmx || !every()) return;
  const live = document.getElementById("live"), news = document.getElementById("news");
  const answer = () => main().querySelector("h1")?.textContent.replace(/\s+/g, " ").trim() ?? "";
  const stops = () => [...main().querySelectorAll("a, summary, select, button, [tabindex]")];
  const name = (e) => e.id || `${e.closest("section")?.getAttribute("aria-labelledby")} ${e.getAttribute("href") ?? e.name ?? e.textContent}`;
  let stale = false, asked = false, last = Date.now(), lost = false, before = null;

  const say = (words, cut) => { live.textContent = words; live.classList.toggle("lost", cut); };

  // A form that somebody is at is left alone.
  const held = () => document.hidden || main().querySelector("form:focus-within");

  function refresh() {
    if (!stale || asked || held()) return;
    const wait = last + every() - Date.now();
    if (wait > 0) { setTimeout(refresh, wait); return; }
    stale = false;
    asked = true;
    last = Date.now();
    htmx.trigger(main(), "fresh");
  }
  const changed = () => { stale = true; refresh(); };

  document.addEventListener("htmx:beforeSwap", (event) => {
    if (event.detail.target !== main()) return;
    const focused = main().contains(document.activeElement) ? document.activeElement : null, key = focused && name(focused);
    before = {
      says: answer(), key, same: key && stops().filter((e) => name(e) === key).indexOf(focused), x: scrollX, y: scrollY,
      sideways: [...main().querySelectorAll(".scroll[id]")].map((e) => [e.id, e.scrollLeft]),
      open: [...main().querySelectorAll("details[id][open]")].map((e) => e.id),
    };
  });
  document.addEventListener("htmx:afterSwap", () => {
    if (!before) return;
    const was = before;
    before = null;
    for (const id of was.open) document.getElementById(id)?.setAttribute("open", "");
    for (const [id, left] of was.sideways) { const e = document.getElementById(id); if (e) e.scrollLeft = left; }
    if (was.key) (stops().filter((e) => name(e) === was.key)[was.same] ?? main()).focus({ preventScroll: true });
    scrollTo({ left: was.x, top: was.y, behavior: "instant" });
    if (answer() !== was.says) news.textContent = answer();
  });
  // Of what is not there now the events tell again by themselves; then it is fetched.
  document.addEventListener("htmx:afterRequest", (event) => {
    if (!asked) return;
    asked = false;
    if (!event.detail.successful) { stale = true; setTimeout(refresh, 2000); } else refresh();
  });

  const events = new EventSource("/events");
  events.addEventListener("open", () => { say("Live", false); if (lost) changed(); lost = false; });
  events.addEventListener("changed", changed);
  events.addEventListener("error", () => { lost = true; say(events.readyState === EventSource.CLOSED ? "Not live" : "Reconnecting", true); });
  setInterval(() => { if (main().querySelector("[data-left]")) changed(); }, 60000); // the time that is left grows less
  document.addEventListener("visibilitychange", refresh);
  document.addEventListener("focusout", () => setTimeout(refresh));
})();
