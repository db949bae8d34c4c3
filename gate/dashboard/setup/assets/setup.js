// Leads to the service once it has started. Without this script the link does.
(() => {
  "use strict";
  if (!document.querySelector("[data-starts]")) return;
  const look = async () => {
    try {
      if ((await fetch("/readyz", { cache: "no-store" })).ok) return location.replace("/");
    } catch { /* nobody is there between the set-up and the service */ }
    setTimeout(look, 500);
  };
  look();
})();

// Vets the definition while it is written. Without this script the button does.
(() => {
  "use strict";
  const source = document.getElementById("source"), place = document.getElementById("vetted");
  if (!source || !place) return;
  let timer = 0, asked = 0;
  const vet = async () => {
    const mine = ++asked;
    const form = new URLSearchParams({ form: source.form.elements.form.value, source: source.value });
    try {
      const answer = await fetch("/setup/vet", { method: "POST", body: form });
      if (!answer.ok || mine !== asked) return;
      const text = new DOMParser().parseFromString(await answer.text(), "text/html");
      place.replaceChildren(...text.body.childNodes);
    } catch { /* the button says more */ }
  };
  source.addEventListener("input", () => { clearTimeout(timer); timer = setTimeout(vet, 600); });
  source.addEventListener("keydown", (e) => {
    if (e.key !== "Tab" || e.shiftKey || e.altKey || e.ctrlKey || source.selectionStart === source.selectionEnd) return; // a tab leaves the field, but for what is selected
    e.preventDefault();
    source.setRangeText("\t", source.selectionStart, source.selectionEnd, "end");
  });
})();
