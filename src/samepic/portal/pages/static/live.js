// Shows how a run goes on while it does; without this script the page has a link to look again.
const part = document.querySelector("[data-live]");
if (part) {
  const told = new EventSource(part.dataset.live);
  told.addEventListener("progress", (event) => { part.innerHTML = event.data; });
  told.addEventListener("over", () => { told.close(); });
}
