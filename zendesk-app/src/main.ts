import './main.css';
import { applyColorScheme, readColorSchemeFromAddress } from './color-scheme.js';
import { element } from './dom.js';
import { buildAppFailure } from './failure.js';
import { renderFailure } from './failure-view.js';
import { ServiceClient } from './service-client.js';
import { Sidebar } from './sidebar.js';
import { type TextName, Texts } from './texts.js';
import { readTicket } from './ticket.js';
import { invokeQuietly, type ZafClient } from './zaf.js';

/** The app requests the height of its content up to this limit, then it scrolls. */
const MAX_HEIGHT_PX = 900;

async function start(client: ZafClient, root: HTMLElement): Promise<void> {
  const ticket = await readTicket(client, MANIFEST_ID);
  if (ticket.subject === undefined) {
    invokeQuietly(client, 'hide');
    return;
  }
  const texts = new Texts(ticket.locale);
  document.documentElement.lang = texts.language;
  document.documentElement.dir = texts.direction;
  if (ticket.colorScheme !== undefined) applyColorScheme(ticket.colorScheme);
  client.on('colorScheme.changed', applyColorScheme);
  fitHeight(client, root);

  const service = new ServiceClient(client, ticket.id, texts);
  const sidebar = new Sidebar(root, client, service, ticket.subject, texts);
  await sidebar.load();
  // Other agents may have changed likes while this one was away or offline.
  client.on('app.activated', () => void sidebar.load());
  window.addEventListener('online', () => void sidebar.load());
}

function fitHeight(client: ZafClient, root: HTMLElement): void {
  let requested = 0;
  new ResizeObserver(() => {
    const height = Math.min(Math.ceil(root.getBoundingClientRect().height), MAX_HEIGHT_PX);
    if (height === requested) return;
    requested = height;
    invokeQuietly(client, 'resize', { width: '100%', height: `${String(height)}px` });
  }).observe(root);
}

applyColorScheme(readColorSchemeFromAddress());
const root = document.getElementById('app');
if (root !== null) {
  // Zendesk's script is missing if the browser could not load it.
  const client = typeof ZAFClient === 'undefined' ? undefined : ZAFClient.init();
  const showFailure = (message: TextName, fix: TextName): void => {
    const texts = new Texts(navigator.language);
    document.documentElement.lang = texts.language;
    document.documentElement.dir = texts.direction;
    root.replaceChildren(
      element('h1', { class: 'visually-hidden' }, texts.get('heading')),
      renderFailure(buildAppFailure(texts, message, fix, 'none'), texts),
    );
  };
  if (client === undefined) showFailure('offline', 'offline_fix');
  else if (client === false) showFailure('outside', 'outside_fix');
  else {
    start(client, root).catch(() => {
      showFailure('offline', 'offline_fix');
    });
  }
}
