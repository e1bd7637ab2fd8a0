import { OMNIWEAR } from './instagram/omniwear.js';
import { type Addresses, PORTS, Sandbox } from './sandbox.js';

const NAME_WIDTH = 'instagram'.length;

const sandbox = new Sandbox((name, line) => {
  console.log(`${name.padEnd(NAME_WIDTH)} | ${line}`);
});

let stopping: Promise<void> | undefined;
function stop(exitCode: number): Promise<void> {
  stopping ??= stopAll(exitCode);
  return stopping;
}
async function stopAll(exitCode: number): Promise<void> {
  await sandbox.stop();
  process.exit(exitCode);
}
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
  process.on(signal, () => void stop(0));
}

try {
  const addresses = await sandbox.start();
  printPortsInUse(addresses);
  printGuide(addresses);
} catch (error) {
  // A signal during the start makes the start fail; that failure is expected.
  if (stopping === undefined) console.error(error instanceof Error ? error.message : error);
  await stop(1);
}

function printPortsInUse(addresses: Addresses): void {
  for (const name of Object.keys(PORTS) as (keyof typeof PORTS)[]) {
    const preferred = String(PORTS[name]);
    const { port } = new URL(addresses[name]);
    if (port !== preferred) console.log(`Port ${preferred} is in use: ${name} is at ${port}.`);
  }
}

function printGuide({ zendesk, service, instagram }: Addresses): void {
  const proxy = `${zendesk}/api/v2/any_channel/proxy.json?ticket_id=62`;
  const account = `${instagram}/_control/accounts/${OMNIWEAR.igUserId}`;
  console.log(`
The sandbox is up.

  Zendesk     ${zendesk}/agent/tickets/62   (an agent's page: open it and click a heart)
  Service     ${service}/docs   (Swagger UI; the browser warns about the self-signed certificate)
  Instagram   ${account}   (what Omniwear likes)

To add an account as an admin, first open ${service}/docs and accept its certificate,
then open ${zendesk}/admin.

Without a browser: like Omniwear's photo from ticket 62, as the sidebar app does:

  curl -X POST '${proxy}&post_to_path=/like' -d '{"media_id":"${OMNIWEAR.photoId}","liked":"true"}'

Read the state of the like:

  curl -X POST '${proxy}&post_to_path=/like/state' -d '{"media_id":"${OMNIWEAR.photoId}"}'

See the like at Instagram:

  curl ${account}

The service restarts after \`kill ${String(sandbox.servicePid)}\` and keeps its data.
Ctrl-C stops all three processes.
`);
}
