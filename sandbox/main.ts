import { OMNIWEAR } from './instagram/omniwear.js';
import { PORTS, Sandbox } from './sandbox.js';

const WIDTH = 'instagram'.length;

const sandbox = new Sandbox((part, line) => {
  console.log(`${part.padEnd(WIDTH)} | ${line}`);
});

let end: Promise<void> | undefined;
function stop(exitCode: number): Promise<void> {
  end ??= stopAll(exitCode);
  return end;
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
  for (const [part, port] of Object.entries(PORTS)) {
    const { port: taken } = new URL(addresses[part as keyof typeof PORTS]);
    if (taken !== String(port))
      console.log(`Port ${String(port)} is taken: ${part} is at ${taken}.`);
  }
  const { zendesk, service, instagram } = addresses;
  const proxy = `${zendesk}/api/v2/any_channel/proxy.json?ticket_id=62`;
  console.log(`
The sandbox is up.

  Zendesk     ${zendesk}/agent/tickets/62   (open it and click a heart: this is the agent's page)
  Service     ${service}/docs   (Swagger UI; the browser warns of the home-made certificate)
  Instagram   ${instagram}/_control/accounts/${OMNIWEAR.igUserId}   (what Omniwear likes)

Add an account as an admin does, at ${zendesk}/admin (first open ${service}/docs once and accept its certificate).

The same without a browser: like Omniwear's photo from ticket 62, as the sidebar app does:

  curl -X POST '${proxy}&post_to_path=/like' -d '{"media_id":"${OMNIWEAR.photoId}","liked":"true"}'

Ask what is known of it:

  curl -X POST '${proxy}&post_to_path=/like/state' -d '{"media_id":"${OMNIWEAR.photoId}"}'

See it at Instagram:

  curl ${instagram}/_control/accounts/${OMNIWEAR.igUserId}

The service comes back after \`kill ${String(sandbox.servicePid)}\` and has forgotten nothing. Ctrl-C stops all three.
`);
} catch (error) {
  // Told to stop before it was up, it fails at its start; that is no news.
  if (end === undefined) console.error(error instanceof Error ? error.message : error);
  await stop(1);
}
