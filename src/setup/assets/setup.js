/* What makes the pages go on by themselves. Without it, each has a button that does the same. */

const POLL_MS = 1500;
/** How long after the window came back its code may take to arrive here by itself. */
const MESSAGE_MS = 3000;
/** The log-in's window may need so long to begin. */
const BEGIN_MS = 30_000;
const WINDOW = 'popup,width=620,height=760';
const LOG_IN_DONE = 'instagram-log-in-done';
const LOG_IN_TAKEN = 'instagram-log-in-taken';

const show = (id) => {
  const element = document.getElementById(id);
  if (element) element.hidden = false;
  return element;
};
const hide = (id) => {
  const element = document.getElementById(id);
  if (element) element.hidden = true;
};

/** The set-up page: opens the log-in's window, and goes on when it is done. */
function followLogin(form) {
  const waiting = document.getElementById('waiting');
  const goOn = document.getElementById('continue');
  hide('waiting');
  let opened;
  let startedAt = 0;
  let returnedAt = 0;
  let isPolling = false;
  /** Another page is on its way: a second form would call it off. */
  let isGoingOn = false;

  const submit = (confirmation) => {
    if (isGoingOn) return;
    isGoingOn = true;
    goOn.elements.namedItem('confirmation').value = confirmation;
    goOn.submit();
  };
  /** Whether that was the last time to ask how far the log-in is. */
  const ask = async () => {
    const answer = await fetch('/admin/log-in/progress', {
      method: 'POST',
      body: new URLSearchParams(new FormData(goOn)),
    });
    const { progress } = await answer.json();
    if (isGoingOn) return true;
    const hasBegun = Date.now() - startedAt > BEGIN_MS;
    if (progress === 'refused' || (progress === 'gone' && hasBegun)) {
      submit('');
      return true;
    }
    returnedAt = progress === 'returned' ? returnedAt || Date.now() : 0;
    if (returnedAt === 0 || Date.now() - returnedAt <= MESSAGE_MS) return false;
    show('code').querySelector('input').focus();
    return true;
  };
  const poll = async () => {
    if (isPolling) return;
    isPolling = true;
    do {
      await new Promise((resolve) => setTimeout(resolve, POLL_MS));
      // Where one fails, the next one may get through.
    } while (!isGoingOn && !(await ask().catch(() => false)));
    isPolling = false;
  };

  form.addEventListener('submit', (event) => {
    opened = window.open('about:blank', form.target, WINDOW);
    if (!opened) {
      event.preventDefault();
      show('blocked');
      return;
    }
    hide('blocked');
    hide('code');
    waiting.hidden = false;
    waiting.querySelector('h2').focus();
    startedAt = Date.now();
    returnedAt = 0;
    void poll();
  });
  document.addEventListener('submit', ({ target }) => {
    if (target !== form) isGoingOn = true;
  });
  window.addEventListener('message', ({ origin, data, source }) => {
    // A window that somebody else opened, in this page's name, brings somebody else's log-in.
    if (origin !== location.origin || !opened || source !== opened) return;
    if (data?.type !== LOG_IN_DONE) return;
    source.postMessage({ type: LOG_IN_TAKEN }, location.origin);
    submit(String(data.confirmation));
  });
}

/** The log-in's window: tells the page that opened it, and nobody else, that it is done. */
function reportLogin(code) {
  // The provider's code stands in the address; it is used up, and need not stay in the history.
  history.replaceState(null, '', location.pathname);
  window.addEventListener('message', ({ origin, data }) => {
    if (origin === location.origin && data?.type === LOG_IN_TAKEN) window.close();
  });
  window.opener?.postMessage(
    { type: LOG_IN_DONE, confirmation: code.dataset.confirmation },
    location.origin,
  );
}

const login = document.getElementById('log-in');
if (login) followLogin(login);
const confirmation = document.querySelector('[data-confirmation]');
if (confirmation) reportLogin(confirmation);
else if (document.body.dataset.place === 'window')
  history.replaceState(null, '', location.pathname);
document.getElementById('hand-over')?.submit();
document.querySelector('[data-focus]')?.focus();
