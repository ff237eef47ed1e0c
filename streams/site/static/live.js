// Shows new changes as they come: the list is fetched anew, a second after the last one at most.
"use strict";
const list = document.getElementById("changes");
const told = document.getElementById("live");
let waiting = null;

async function refresh() {
  waiting = null;
  const answer = await fetch("/", { headers: { Accept: "text/html" } }).catch(() => null);
  if (!answer?.ok) return;
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  const fresh = page.getElementById("changes");
  if (!fresh) return;
  const at = list.contains(document.activeElement) ? document.activeElement.getAttribute("href") : null;
  list.replaceChildren(...fresh.children);
  document.getElementById("nothing")?.remove();
  if (at) list.querySelector(`a[href="${CSS.escape(at)}"]`)?.focus({ preventScroll: true });
}

if (list && told && "EventSource" in window) {
  const source = new EventSource("/api/v1/stream");
  source.addEventListener("open", () => { told.textContent = "New changes appear here as they come."; });
  source.addEventListener("error", () => {
    const isOver = source.readyState === EventSource.CLOSED;
    told.textContent = isOver ? "Load the page again for newer changes." : "The live stream is interrupted; it is tried again.";
  });
  source.addEventListener("change", () => { waiting ??= setTimeout(refresh, 1000); });
}
