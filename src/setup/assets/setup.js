/*
 * Makes the pages continue by themselves. Without it, each page has a button that does the same.
 * `PAGE` comes from views/page-ids.ts.
 */
/* global PAGE */

const POLL_MS = 1500;
/** How long the code may take to arrive by itself after the window has returned. */
const MESSAGE_MS = 3000;
/** How long the login window may take to start the login. */
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

/** The setup page: opens the login window, and continues when the login is done. */
function followLogin(form) {
  const { ids, progressPath } = PAGE;
  const waiting = document.getElementById(ids.waiting);
  const continueForm = document.getElementById(ids.continueForm);
  hide(ids.waiting);
  let opened;
  let startedAt = 0;
  let returnedAt = 0;
  let isPolling = false;
  /** The next page is loading; another submit would cancel it. */
  let isLeaving = false;

  const submit = (confirmation) => {
    if (isLeaving) return;
    isLeaving = true;
    continueForm.elements.namedItem('confirmation').value = confirmation;
    continueForm.submit();
  };
  /** Returns whether polling is over. */
  const ask = async () => {
    const answer = await fetch(progressPath, {
      method: 'POST',
      body: new URLSearchParams(new FormData(continueForm)),
    });
    const { progress } = await answer.json();
    if (isLeaving) return true;
    const hasBegun = Date.now() - startedAt > BEGIN_MS;
    if (progress === 'refused' || (progress === 'gone' && hasBegun)) {
      submit('');
      return true;
    }
    returnedAt = progress === 'returned' ? returnedAt || Date.now() : 0;
    if (returnedAt === 0 || Date.now() - returnedAt <= MESSAGE_MS) return false;
    show(ids.code).querySelector('input').focus();
    return true;
  };
  const poll = async () => {
    if (isPolling) return;
    isPolling = true;
    do {
      await new Promise((resolve) => setTimeout(resolve, POLL_MS));
      // After a failed request, the next one may succeed.
    } while (!isLeaving && !(await ask().catch(() => false)));
    isPolling = false;
  };

  form.addEventListener('submit', (event) => {
    opened = window.open('about:blank', form.target, WINDOW);
    if (!opened) {
      event.preventDefault();
      show(ids.blocked);
      return;
    }
    hide(ids.blocked);
    hide(ids.code);
    waiting.hidden = false;
    waiting.querySelector('h2').focus();
    startedAt = Date.now();
    returnedAt = 0;
    void poll();
  });
  document.addEventListener('submit', ({ target }) => {
    if (target !== form) isLeaving = true;
  });
  window.addEventListener('message', ({ origin, data, source }) => {
    // A window that another page opened under this page's name carries another person's login.
    if (origin !== location.origin || !opened || source !== opened) return;
    if (data?.type !== LOG_IN_DONE) return;
    source.postMessage({ type: LOG_IN_TAKEN }, location.origin);
    submit(String(data.confirmation));
  });
}

/** The login window: notifies only the page that opened it. */
function reportLogin(code) {
  // The address contains Facebook's code, which is used up and should not stay in the history.
  history.replaceState(null, '', location.pathname);
  window.addEventListener('message', ({ origin, data }) => {
    if (origin === location.origin && data?.type === LOG_IN_TAKEN) window.close();
  });
  window.opener?.postMessage(
    { type: LOG_IN_DONE, confirmation: code.dataset.confirmation },
    location.origin,
  );
}

const login = document.getElementById(PAGE.ids.loginForm);
if (login) followLogin(login);
const confirmation = document.querySelector('[data-confirmation]');
if (confirmation) reportLogin(confirmation);
else if (document.body.dataset.place === 'window')
  history.replaceState(null, '', location.pathname);
document.getElementById(PAGE.ids.handOverForm)?.submit();
document.querySelector('[data-focus]')?.focus();
