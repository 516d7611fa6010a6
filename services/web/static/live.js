// Keeps a page true while it is open. A region marked data-live="/address" listens there; when
// something was written, the page is fetched again and the region's content replaced. Without this
// script the page is right when it is loaded, and that is enough.

const SPEAK_EVERY_MS = 5000; // screen readers hear a changed count at most this often

function fresh(position) {
  const address = new URL(location.href);
  address.hash = "";
  address.searchParams.set("after", position);
  return fetch(address, { headers: { Accept: "text/html" }, cache: "no-store" })
    .then((answer) => (answer.ok && !answer.redirected ? answer.text() : null))
    .then((text) => text && new DOMParser().parseFromString(text, "text/html"));
}

const TYPED = "input[id]:not([type=hidden], [type=radio], [type=checkbox]), select[id], textarea[id]";

// Replaces what a region shows, and leaves the focus, and what was typed, where the person had it.
function replace(region, page) {
  const next = page.getElementById(region.id);
  if (!next) return;
  const focused = region.contains(document.activeElement) ? document.activeElement.id : "";
  const typed = [...region.querySelectorAll(TYPED)].map((field) => [field.id, field.value]);
  region.replaceChildren(...next.childNodes);
  for (const [id, value] of typed) {
    const field = document.getElementById(id);
    if (field && value) field.value = value;
  }
  if (focused) document.getElementById(focused)?.focus({ preventScroll: true });
}

// Outputs stand outside the region, so that they are changed and not replaced: only then spoken.
function speaker() {
  let spokenAt = 0;
  let waiting = 0;
  return (page) => {
    clearTimeout(waiting);
    const wait = Math.max(0, spokenAt + SPEAK_EVERY_MS - Date.now());
    waiting = setTimeout(() => {
      spokenAt = Date.now();
      for (const output of document.querySelectorAll("output[data-live-count]")) {
        const words = page.getElementById(output.id)?.textContent;
        if (words !== undefined && words !== output.textContent) output.textContent = words;
      }
    }, wait);
  };
}

function listen(region) {
  const speak = speaker();
  let source = null;
  let busy = false;
  let again = null;

  async function renew(position) {
    if (busy) {
      again = position;
      return;
    }
    busy = true;
    try {
      const page = await fresh(position);
      if (page) {
        replace(region, page);
        speak(page);
      }
    } catch {
      // No signal: the next notice, or the next load, sets it right.
    } finally {
      busy = false;
    }
    if (again !== null) {
      const position_ = again;
      again = null;
      renew(position_);
    }
  }

  function open() {
    if (source) return;
    source = new EventSource(region.dataset.live);
    source.addEventListener("written", (notice) => renew(JSON.parse(notice.data).position));
  }

  function close() {
    source?.close();
    source = null;
  }

  addEventListener("pagehide", close); // an open stream would keep the page out of the back cache
  addEventListener("pageshow", open);
  open();
}

for (const region of document.querySelectorAll("[data-live][id]")) listen(region);
