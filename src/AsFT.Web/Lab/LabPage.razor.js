// Sends an archive over HTTP, so that the page's own connection stays free, and goes to what came of it.
export function listen() {
  const input = document.getElementById("archive");
  input.onchange = () => input.files[0] && send(input);
}

function send(input) {
  const [bar, text, fault] = ["archive-bar", "archive-text", "archive-fault"].map((id) => document.getElementById(id));
  const request = new XMLHttpRequest(); // fetch does not tell how much has been sent
  const say = (words, problem = "") => { [text.textContent, fault.textContent] = [words, problem]; [bar.hidden, input.disabled] = [words === "", words !== ""]; };
  request.upload.onprogress = (e) => {
    bar.value = e.loaded / e.total;
    say(e.loaded < e.total ? `Sending: ${Math.round((100 * e.loaded) / e.total)} %` : "Sent. Its runs are being taken over …");
  };
  request.onload = () => {
    const answer = read(request.responseText);
    if (request.status === 201 && answer) window.location.assign(`/lab/tournaments/${answer.id}`);
    else say("", Object.values(answer?.errors ?? {}).flat().join("; ") || `The server answered ${request.status}. Try again.`);
  };
  request.onerror = () => say("", "The connection was lost. Try again.");
  say("Sending …");
  request.open("POST", "/api/v1/tournaments/import");
  request.setRequestHeader("Content-Type", "application/zip");
  request.send(input.files[0]);
}

function read(text) {
  try {
    return JSON.parse(text);
  } catch { // a proxy's page, or nothing
    return null;
  }
}
