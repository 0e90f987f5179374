// A conversation that keeps itself up to date: new messages appear, what one types is kept on the server, and a message
// that could not be sent for want of a connection is sent when it is back. Nothing is kept in the browser.

const SOONEST = 4000;
const LATEST = 12000;
const SLOWER = 1.5;
const TYPING_PAUSE = 1200;

class Conversation {
  constructor(root) {
    this.root = root;
    this.list = root.querySelector("[data-messages]");
    this.announcement = root.querySelector("[data-announcement]");
    this.form = root.querySelector("form[data-message-form]");
    this.area = this.form?.querySelector("textarea");
    this.status = this.form?.querySelector("[data-draft-status]");
    this.banners = { offline: root.querySelector("[data-offline]"), out: root.querySelector("[data-logged-out]") };
    this.pause = SOONEST;
    this.unsent = false;
    this.kept = this.area?.value;
    this.isSaving = false;
  }

  start() {
    this.root.querySelector("[data-first-new]")?.scrollIntoView({ block: "center" });
    this.plan();
    document.addEventListener("visibilitychange", () => (document.hidden ? clearTimeout(this.timer) : this.lookAtOnce()));
    window.addEventListener("online", () => this.lookAtOnce());
    window.addEventListener("pagehide", () => this.saveOnLeaving());
    this.area?.addEventListener("input", () => this.typed());
    this.form?.addEventListener("submit", (event) => this.submit(event));
    this.root.addEventListener("click", (event) => this.clicked(event));
  }

  // New messages -------------------------------------------------------------------------

  plan() {
    clearTimeout(this.timer);
    if (!document.hidden && this.root.dataset.news) this.timer = setTimeout(() => this.look(), this.pause);
  }

  lookAtOnce() {
    this.pause = SOONEST;
    clearTimeout(this.timer);
    this.look();
  }

  async look() {
    const answer = await this.ask(`${this.root.dataset.news}?na=${this.root.dataset.last}`);
    if (answer?.status === 200) {
      this.append(await answer.text());
      this.pause = SOONEST;
    } else {
      this.pause = Math.min(this.pause * SLOWER, LATEST);
    }
    if (answer && this.unsent) await this.send();
    else if (answer && this.isChanged()) await this.save();
    this.plan();
  }

  append(markup) {
    const part = new DOMParser().parseFromString(markup, "text/html").querySelector("[data-messages]");
    if (!part || Number(part.dataset.last) <= Number(this.root.dataset.last)) return;
    const atEnd = this.isAtEnd();
    this.drop(part.querySelector("[data-day]"), [...this.list.querySelectorAll("[data-day]")].at(-1));
    this.list.append(...[...part.children].map((item) => document.adoptNode(item)));
    this.list.hidden = false;
    this.root.dataset.last = part.dataset.last;
    this.announcement.textContent = part.dataset.announcement;
    if (atEnd) this.list.lastElementChild?.scrollIntoView({ block: "nearest" });
  }

  // The line of a day that is there already is not needed once more.
  drop(line, other) {
    if (line && other && line.dataset.day === other.dataset.day) line.remove();
  }

  isAtEnd() {
    const last = this.list.lastElementChild;
    return !last || last.getBoundingClientRect().top < window.innerHeight;
  }

  async clicked(event) {
    const link = event.target.closest("a[data-earlier]");
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    const answer = await this.ask(link.href);
    const page = answer?.ok && new DOMParser().parseFromString(await answer.text(), "text/html");
    const part = page && page.querySelector("[data-messages]");
    if (!part) return;
    const first = this.list.firstElementChild;
    const days = [...part.querySelectorAll("[data-day]")];
    this.drop(this.list.querySelector("[data-day]"), days.at(-1));
    this.list.prepend(...[...part.children].map((item) => document.adoptNode(item)));
    const next = page.querySelector("a[data-earlier]");
    if (next) link.replaceWith(document.adoptNode(next));
    else link.parentElement.remove();
    (first?.isConnected ? first : this.list.firstElementChild)?.scrollIntoView({ block: "start" });
    this.list.focus({ preventScroll: true });
  }

  // What one types -----------------------------------------------------------------------

  typed() {
    if (this.status) this.status.textContent = "";
    clearTimeout(this.typing);
    this.typing = setTimeout(() => this.save(), TYPING_PAUSE);
  }

  isChanged() {
    return Boolean(this.area) && this.area.value !== this.kept;
  }

  async save() {
    if (this.isSaving || this.unsent || !this.isChanged()) return;
    this.isSaving = true;
    const text = this.area.value;
    const answer = await this.ask(this.form.dataset.draft, this.values({ text }));
    this.isSaving = false;
    if (!answer?.ok) return;
    this.kept = text;
    this.status.textContent = text.trim() ? this.status.dataset.kept : "";
    if (this.isChanged()) this.typed();
  }

  // A page that is left has no time to wait for an answer, and asks the browser to bring this to its end.
  saveOnLeaving() {
    if (!this.isChanged() || this.unsent || this.isSending) return;
    const body = new URLSearchParams(this.values({ text: this.area.value }));
    fetch(this.form.dataset.draft, { method: "POST", body, credentials: "same-origin", keepalive: true }).catch(() => {});
  }

  values(more) {
    return { csrf_token: this.form.elements.csrf_token.value, ...more };
  }

  // Sending ------------------------------------------------------------------------------

  submit(event) {
    // What begins another act than sending goes its own way.
    if (event.submitter?.name) return;
    if (this.form.querySelector("input[type=file]")?.value) return;
    event.preventDefault();
    if (this.isSending) return;
    clearTimeout(this.typing);
    this.unsent = true;
    this.send();
  }

  async send() {
    if (this.isSending) return;
    this.isSending = true;
    const sent = new FormData(this.form);
    // What was chosen went by itself, and is named by fields of its own.
    sent.delete("files");
    const answer = await this.ask(this.form.action, sent);
    if (answer?.ok) this.finish(new DOMParser().parseFromString(await answer.text(), "text/html"));
    else if (answer) this.refuse(new DOMParser().parseFromString(await answer.text(), "text/html"));
    this.isSending = false;
  }

  finish(page) {
    const next = page.querySelector("[data-conversation]");
    const form = next?.querySelector("form[data-message-form]");
    if (!form) {
      // The dialogue was closed, or one's own part in it ended, meanwhile: the page says which.
      window.location.reload();
      return;
    }
    this.unsent = false;
    this.append(next.querySelector("[data-messages]").outerHTML);
    this.list.replaceChildren(...[...next.querySelector("[data-messages]").children].map((item) => document.adoptNode(item)));
    this.root.dataset.last = next.dataset.last;
    this.replaceForm(form);
    this.announcement.textContent = this.root.dataset.sent;
    this.list.lastElementChild?.scrollIntoView({ block: "nearest" });
    this.pause = SOONEST;
    this.plan();
  }

  refuse(page) {
    const form = page.querySelector("form[data-message-form]");
    this.unsent = false;
    if (!form) window.location.reload();
    else this.replaceForm(form);
    this.form.querySelector("[data-error-summary]")?.focus();
  }

  replaceForm(form) {
    this.form.replaceChildren(...[...form.childNodes].map((item) => document.adoptNode(item)));
    this.area = this.form.querySelector("textarea");
    this.status = this.form.querySelector("[data-draft-status]");
    this.kept = this.area.value;
    this.area.addEventListener("input", () => this.typed());
    document.dispatchEvent(new CustomEvent("datakluis:content", { detail: this.form }));
    this.area.focus({ preventScroll: true });
  }

  // Asking -------------------------------------------------------------------------------

  // The answer of the server; nothing while there is no connection, or nobody is logged in here any more.
  async ask(url, values) {
    const how = values ? { method: "POST", body: new URLSearchParams(values) } : {};
    const answer = await fetch(url, { credentials: "same-origin", ...how }).catch(() => null);
    const isOut = Boolean(answer) && this.isLogIn(answer);
    this.show(this.banners.offline, !answer || answer.status >= 502);
    this.show(this.banners.out, isOut);
    if (!answer || answer.status >= 502 || isOut) return null;
    if (answer.status === 400) await this.takeToken();
    return answer.status === 400 ? null : answer;
  }

  isLogIn(answer) {
    return answer.redirected && !new URL(answer.url).pathname.startsWith(new URL(this.root.dataset.home, window.location).pathname);
  }

  // Whoever logged in again, in another tab, has another token against forgery.
  async takeToken() {
    const answer = await fetch(window.location.href, { credentials: "same-origin" }).catch(() => null);
    if (!answer?.ok || this.isLogIn(answer)) return;
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const token = page.querySelector("form[data-message-form] [name=csrf_token]");
    if (token && this.form) this.form.elements.csrf_token.value = token.value;
  }

  show(banner, visible) {
    if (banner && banner.hidden === visible) banner.hidden = !visible;
  }
}

document.querySelectorAll("[data-conversation]").forEach((root) => new Conversation(root).start());
