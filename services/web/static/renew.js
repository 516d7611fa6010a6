// Keeps a page on the wall current: a region marked data-renew="5" is fetched again every so many
// seconds. Without this script the page reloads itself.

for (const region of document.querySelectorAll("[data-renew][id]")) {
  setInterval(async () => {
    if (document.hidden) return;
    try {
      const answer = await fetch(location.href, { headers: { Accept: "text/html" }, cache: "no-store" });
      if (!answer.ok || answer.redirected) return;
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      const next = page.getElementById(region.id);
      if (next) region.replaceChildren(...next.childNodes);
    } catch {
      // No signal: the next try sets it right.
    }
  }, Number(region.dataset.renew) * 1000);
}
