// Keeps a check-in that was tapped without signal, and sends it when the signal is back. Kept on
// this device are the code as typed, the time of the tap, and a key under which the server takes it
// once, however often it is sent. Without this script the form is sent as any other.

const SHELF = "peerhour.kept";
const PATIENCE_MS = 8000; // an answer that takes longer is no signal
const AGAIN_MS = 15_000;
const LONGEST_MS = 7 * 24 * 60 * 60 * 1000; // by then the meeting is closed, and a person helps
const NOT_YET = new Set([401, 408, 429]); // later, or once the right person is signed in
const NOT_YET_CODES = new Set(["meeting.others_presence", "meeting.time_in_future"]);

const board = document.getElementById("kept");

// The shelf: a list of what is kept, shared by all tabs.

function shelf() {
  try {
    const kept = JSON.parse(localStorage.getItem(SHELF));
    const since = new Date(Date.now() - LONGEST_MS).toISOString();
    return Array.isArray(kept) ? kept.filter((each) => each.noted_at > since) : [];
  } catch {
    return [];
  }
}

function store(kept) {
  try {
    if (kept.length) localStorage.setItem(SHELF, JSON.stringify(kept));
    else localStorage.removeItem(SHELF);
    return true;
  } catch {
    return false; // full, or switched off
  }
}

const mine = () => shelf().filter((each) => each.person === board.dataset.person);
const drop = (keys) => store(shelf().filter((each) => !keys.includes(each.key)));

function settle(key, state, words = "") {
  store(shelf().map((each) => (each.key === key ? { ...each, state, words } : each)));
}

// What the person reads.

const clock = (iso) => new Date(iso).toLocaleTimeString([], { hour: "numeric", minute: "2-digit" });

const NOTES = {
  waiting: (each) => [
    "note-look",
    `Kept on this phone since ${clock(each.noted_at)}, not sent yet`,
    `Your check-in to ${each.title} goes out by itself once there is signal and Peerhour is open on this phone.`,
  ],
  sent: (each) => [
    "note-done",
    "Sent",
    `Your check-in to ${each.title}, noted on this phone at ${clock(each.noted_at)}, has arrived.`,
  ],
  refused: (each) => [
    "note-wrong",
    `Your check-in of ${clock(each.noted_at)} was not taken`,
    `${each.title}: ${each.words}`,
  ],
};

function note([kind, title, words], buttons = []) {
  const box = document.createElement("div");
  box.className = `note ${kind}`;
  for (const [text, name] of [[title, "note-title"], [words, ""]]) {
    const line = document.createElement("p");
    line.className = name;
    line.textContent = text;
    box.append(line);
  }
  box.append(...buttons);
  return box;
}

function dismissal(key) {
  const button = document.createElement("button");
  button.type = "button";
  button.className = "button button-quiet";
  button.textContent = "I have read it";
  button.addEventListener("click", () => {
    drop([key]);
    show();
  });
  return button;
}

// Shows what is kept; what was sent is told once and then forgotten.
function show() {
  const kept = mine();
  const notes = kept.map((each) =>
    note(NOTES[each.state](each), each.state === "refused" ? [dismissal(each.key)] : []),
  );
  board.replaceChildren(...notes);
  drop(kept.filter((each) => each.state === "sent").map((each) => each.key));
}

// Keeping.

// Digits of any script as the server wants them: those of one script follow each other from zero.
function ascii(digit) {
  let zero = digit.codePointAt(0);
  while (/\p{Nd}/u.test(String.fromCodePoint(zero - 1))) zero -= 1;
  return String((digit.codePointAt(0) - zero) % 10);
}

function keep(form, typed, noted) {
  const code = typed.replace(/[\s\p{Pd}]/gu, "");
  if (!/^\p{Nd}{6}$/u.test(code)) {
    board.replaceChildren(note(["note-look", "Not kept yet", "The code has six digits. Type it again."]));
    return;
  }
  const entry = {
    key: crypto.randomUUID(),
    person: board.dataset.person,
    page: form.dataset.page,
    title: form.dataset.title,
    address: form.dataset.keep,
    door_code: [...code].map(ascii).join(""),
    noted_at: noted.toISOString(),
    state: "waiting",
    words: "",
  };
  // A second tap says the code anew, as one does after a slip.
  const others = shelf().filter((each) => each.page !== entry.page || each.person !== entry.person);
  if (store([...others, entry])) show();
  else board.replaceChildren(note(["note-wrong", "Not kept", "This phone keeps nothing for us. Ask the facilitator to mark you present."]));
}

async function submit(form) {
  const noted = new Date();
  const typed = new FormData(form);
  try {
    const answer = await fetch(form.action, {
      method: "POST",
      headers: { Accept: "text/html" },
      body: new URLSearchParams(typed),
      redirect: "manual",
      signal: AbortSignal.timeout(PATIENCE_MS),
    });
    if (answer.type === "opaqueredirect") {
      location.assign(`${form.dataset.page}?done=in`);
      return;
    }
    if (!form.isConnected) {
      form.hidden = true; // live.js has put another form in its place meanwhile
      document.body.append(form);
    }
    form.submit(); // the same command again gets the same answer, as a page
  } catch {
    keep(form, String(typed.get("door_code") ?? ""), noted);
  }
}

// Sending.

// Sends one; tells whether the server has said something final.
async function sendOne(entry) {
  try {
    const answer = await fetch(entry.address, {
      method: "POST",
      headers: {
        Accept: "application/json",
        "Content-Type": "application/json",
        "Idempotency-Key": entry.key,
      },
      body: JSON.stringify({
        method: "offline",
        member_id: entry.person,
        door_code: entry.door_code,
        arrived_at: entry.noted_at,
      }),
      signal: AbortSignal.timeout(PATIENCE_MS),
    });
    if (answer.ok) {
      settle(entry.key, "sent");
      return true;
    }
    const problem = await answer.json();
    const later = answer.status >= 500 || NOT_YET.has(answer.status);
    if (later || NOT_YET_CODES.has(problem.code)) return false;
    settle(entry.key, "refused", problem.detail);
    return true;
  } catch {
    return false; // no signal, or no answer of ours: it stays kept
  }
}

let sending = false;

async function send() {
  const waiting = mine().filter((each) => each.state === "waiting");
  if (sending || !waiting.length) return;
  sending = true;
  const settled = [];
  for (const entry of waiting) if (await sendOne(entry)) settled.push(entry.page);
  sending = false;
  // The meeting's own page is loaded anew, so that it shows the arrival; it then tells of it.
  if (settled.includes(location.pathname)) location.replace(location.pathname);
  else if (settled.length) show();
}

if (board) {
  addEventListener("submit", (event) => {
    const form = event.target;
    if (!(form instanceof HTMLFormElement) || !form.dataset.keep) return;
    event.preventDefault();
    if (form.dataset.busy) return;
    form.dataset.busy = "yes";
    submit(form).finally(() => delete form.dataset.busy);
  });
  addEventListener("online", send);
  addEventListener("pageshow", send);
  setInterval(() => document.hidden || send(), AGAIN_MS);
  show();
}
