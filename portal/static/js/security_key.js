// Asks the browser for a security key or passkey (WebAuthn) and sends what it answers as the form of the page.
// The options come from the server in data-options; without this script the page offers the other ways.

const toBytes = (text) => Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (sign) => sign.charCodeAt(0));
const toText = (buffer) =>
  btoa(String.fromCharCode(...new Uint8Array(buffer))).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
const withBytes = (keys) => (keys ?? []).map((key) => ({ ...key, id: toBytes(key.id) }));

function creationOptions(options) {
  const { challenge, user, excludeCredentials } = options;
  const exclude = { excludeCredentials: withBytes(excludeCredentials) };
  return { ...options, ...exclude, challenge: toBytes(challenge), user: { ...user, id: toBytes(user.id) } };
}

function requestOptions(options) {
  return { ...options, challenge: toBytes(options.challenge), allowCredentials: withBytes(options.allowCredentials) };
}

const PARTS = ["clientDataJSON", "attestationObject", "authenticatorData", "signature", "userHandle"];

function toJson(credential) {
  const parts = PARTS.filter((part) => credential.response[part]);
  const response = Object.fromEntries(parts.map((part) => [part, toText(credential.response[part])]));
  if (credential.response.getTransports) response.transports = credential.response.getTransports();
  return JSON.stringify({ id: credential.id, rawId: toText(credential.rawId), type: credential.type, response });
}

async function ask(form) {
  const options = JSON.parse(form.dataset.options);
  return form.dataset.securityKey === "create"
    ? navigator.credentials.create({ publicKey: creationOptions(options) })
    : navigator.credentials.get({ publicKey: requestOptions(options) });
}

function enhance(form) {
  const button = form.querySelector("[data-key-button]");
  const problem = form.querySelector("[data-key-problem]");
  const name = form.querySelector("[required]:not([type=hidden])");
  const answer = form.elements.answer;
  // The text is put in anew each time, so that a screen reader says it each time.
  const say = (text) => { problem.textContent = ""; if (text) problem.textContent = text; };
  form.querySelector("[data-key-without]").hidden = true;
  button.hidden = false;
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    say("");
    if (name && !name.value.trim()) {
      say(problem.dataset.unnamed);
      name.focus();
      return;
    }
    try {
      answer.value = toJson(await ask(form));
    } catch (error) {
      say(error.name === "InvalidStateError" ? problem.dataset.known : problem.dataset.failed);
      button.focus();
      return;
    }
    form.submit();
  });
}

if (window.PublicKeyCredential) document.querySelectorAll("[data-security-key]").forEach(enhance);
