// Sends a file in pieces over HTTP, so that the page's own connection stays free, and goes on where a piece was lost.
const piece = 4 * 1024 * 1024;
const retries = 8;

export function listen(page) {
  const drop = document.getElementById("drop");
  const input = document.getElementById("file");
  input.onchange = () => input.files[0] && send(input.files[0], page);
  drop.ondragover = (e) => { e.preventDefault(); drop.classList.add("over"); };
  drop.ondragleave = () => drop.classList.remove("over");
  drop.ondrop = (e) => {
    e.preventDefault();
    drop.classList.remove("over");
    const [first, ...others] = e.dataTransfer.files;
    if (first && others.length === 0) send(first, page);
    else if (first) document.getElementById("upload-fault").textContent = `These are ${others.length + 1} files, and each becomes a dataset of its own. Drop one after the other; a run can train on several.`;
  };
}

async function send(file, page) {
  const show = display();
  try {
    let status = await ask("/api/v1/uploads", { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify({ name: file.name, size: file.size }) });
    const begun = performance.now();
    const address = `/api/v1/uploads/${status.id}`;
    for (let lost = 0; status.received < file.size;) {
      try {
        if (lost) status = await ask(address); // what arrived of the piece that was lost
        if (status.received >= file.size) break;
        const body = file.slice(status.received, status.received + piece);
        status = await ask(`${address}?offset=${status.received}`, { method: "PUT", body });
        lost = 0;
      } catch (e) {
        if (e.refused || ++lost > retries) throw e;
        show.progress(status.received / file.size, `The connection was lost; trying again (${lost} of ${retries}) …`);
        await pause(1000 * lost);
      }
      const rate = status.received / (performance.now() - begun);
      show.progress(status.received / file.size, `Sending: ${megabytes(status.received)} of ${megabytes(file.size)}, ${seconds((file.size - status.received) / rate)} left`);
    }
    const reading = performance.now();
    while (status.state === "reading" || status.state === "receiving") {
      const rate = status.read / (performance.now() - reading);
      show.progress(status.read / file.size, `Reading rows: ${megabytes(status.read)} of ${megabytes(file.size)}${status.read ? `, ${seconds((file.size - status.read) / rate)} left` : ""}`);
      await pause(200);
      status = await patiently(() => ask(address));
    }
    show.done(status.problem);
    if (status.datasetId) await page.invokeMethodAsync("StoredAsync", status.datasetId, status.duplicate);
  } catch (e) {
    show.done(e.message);
  }
}

/** Asks again where there was no answer. */
async function patiently(asking) {
  for (let lost = 1; ; lost++) {
    try {
      return await asking();
    } catch (e) {
      if (e.refused || lost > retries) throw e;
      await pause(1000 * lost);
    }
  }
}

async function ask(address, options) {
  const response = await fetch(address, options);
  if (response.ok) return response.json();
  const problem = await response.json().catch(() => null);
  throw Object.assign(new Error(problem?.detail ?? `The server answered ${response.status}. Try again.`), { refused: response.status >= 400 && response.status < 500 });
}

function display() {
  const [box, bar, text, told, fault] = ["upload", "upload-bar", "upload-text", "upload-told", "upload-fault"].map((id) => document.getElementById(id));
  [box.hidden, fault.textContent] = [false, ""];
  return {
    progress(share, words) {
      [bar.value, text.textContent] = [100 * share, words];
      const tenth = `${words.split(":")[0]}, ${10 * Math.floor(10 * share)} %`; // to those who listen: each change of state, and every tenth
      if (told.textContent !== tenth) told.textContent = tenth;
    },
    done(problem) {
      box.hidden = true;
      fault.textContent = problem ?? "";
      document.getElementById("file").value = "";
    },
  };
}

const pause = (ms) => new Promise((go) => setTimeout(go, ms));
const megabytes = (n) => `${(n / 1e6).toFixed(1)} MB`;
const seconds = (ms) => `${Math.max(0, Math.round(ms / 1000))} s`;
