// Sends a file over HTTP, not over the page's connection, and saves what comes back.
export function listen(run) {
  const input = document.getElementById("predict-file");
  input.onchange = () => input.files[0] && predict(run, input);
}

async function predict(run, input) {
  const [file, status, bar] = [input.files[0], document.getElementById("predict-status"), document.getElementById("predict-busy")];
  [input.disabled, bar.hidden, status.textContent] = [true, false, `Reading ${file.name} …`];
  try {
    const response = await fetch(`/api/v1/runs/${run}/predict?name=${encodeURIComponent(file.name)}`, { method: "POST", body: file });
    if (!response.ok) throw new Error((await response.json().catch(() => null))?.detail ?? `The server answered ${response.status}. Try again.`);
    const answer = await response.blob().catch(() => { throw new Error("The answer broke off: a row of the file cannot be read, or the connection was lost. Check the file and try again."); });
    const link = Object.assign(document.createElement("a"), { href: URL.createObjectURL(answer), download: file.name.replace(/\.[^.]*$/, "") + "-labels.csv" });
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 1000);
    status.textContent = `${link.download} is saved.`;
  } catch (e) {
    status.textContent = e.message;
  }
  [input.disabled, bar.hidden, input.value] = [false, true, ""];
}
