// Passkeys: carries what the portal asks to the browser's authenticator, and its answer back.
// Without this script, or without a name that passkeys can belong to, people sign in by password.
"use strict";

(() => {
  const told = document.currentScript.dataset;
  const able = window.isSecureContext && window.PublicKeyCredential && navigator.credentials;
  if (!able) {
    document.querySelectorAll("[data-passkey-unable]").forEach((note) => { note.hidden = false; });
    return;
  }

  const bytes = (text) => Uint8Array.from(
    atob(text.replace(/-/g, "+").replace(/_/g, "/")), (letter) => letter.charCodeAt(0),
  );
  const text = (buffer) => btoa(String.fromCharCode(...new Uint8Array(buffer)))
    .replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");

  function ready(options) {
    const made = { ...options, challenge: bytes(options.challenge) };
    if (options.user) made.user = { ...options.user, id: bytes(options.user.id) };
    for (const name of ["excludeCredentials", "allowCredentials"]) {
      if (options[name]) made[name] = options[name].map((one) => ({ ...one, id: bytes(one.id) }));
    }
    return made;
  }

  function plain(credential) {
    const inner = { clientDataJSON: text(credential.response.clientDataJSON) };
    for (const name of ["attestationObject", "authenticatorData", "signature", "userHandle"]) {
      const value = credential.response[name];
      if (value) inner[name] = text(value);
    }
    if (credential.response.getTransports) inner.transports = credential.response.getTransports();
    return JSON.stringify({
      id: credential.id, rawId: text(credential.rawId), type: credential.type,
      authenticatorAttachment: credential.authenticatorAttachment || undefined,
      clientExtensionResults: credential.getClientExtensionResults(), response: inner,
    });
  }

  async function send(path, fields) {
    const answer = await fetch(path, {
      method: "POST", body: new URLSearchParams(fields), redirect: "manual",
      headers: { Accept: "application/json" },
    });
    const kind = answer.headers.get("content-type") || "";
    const said = kind.startsWith("application/json") ? await answer.json() : {};
    if (!answer.ok) {
      throw new Error(said.message || told.failed);
    }
    return said;
  }

  function words(error) {
    if (error.name === "InvalidStateError") return told.known;
    if (error.name === "NotAllowedError" || error.name === "AbortError") {
      return told.unconfirmed;
    }
    if (error.name === "SecurityError" || error.name === "NotSupportedError") {
      return told.unable;
    }
    return error.message;
  }

  document.querySelectorAll("form[data-passkey]").forEach((form) => {
    const note = form.querySelector("[role=alert]");
    const button = form.querySelector("button");
    form.hidden = false;
    form.addEventListener("submit", async (event) => {
      event.preventDefault();
      event.stopPropagation();
      note.hidden = true;
      button.disabled = true;
      try {
        const fields = new FormData(form);
        const asked = await send(`${form.action}/bat-dau`, fields);
        fields.delete("password");
        const options = ready(asked.options);
        const credential = form.dataset.passkey === "add"
          ? await navigator.credentials.create({ publicKey: options })
          : await navigator.credentials.get({ publicKey: options });
        fields.set("token", asked.token);
        fields.set("response", plain(credential));
        window.location.assign((await send(form.action, fields)).location);
      } catch (error) {
        note.querySelector("span").textContent = words(error);
        note.hidden = false;
        button.disabled = false;
        const password = form.querySelector("[type=password]");
        if (password) { password.value = ""; password.focus(); }
      }
    });
  });
})();
