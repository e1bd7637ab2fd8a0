import { OMNIWEAR } from './instagram/omniwear.js';
import { Sandbox } from './sandbox.js';

const WIDTH = 'instagram'.length;

const sandbox = new Sandbox((part, line) => {
  console.log(`${part.padEnd(WIDTH)} | ${line}`);
});

let stopping = false;
async function stop(exitCode: number): Promise<void> {
  if (stopping) return;
  stopping = true;
  await sandbox.stop();
  process.exit(exitCode);
}
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => void stop(0));

try {
  const { zendesk, service, instagram } = await sandbox.start();
  const proxy = `${zendesk}/api/v2/any_channel/proxy.json?ticket_id=62`;
  console.log(`
The sandbox is up.

  Zendesk     ${zendesk}
  Service     ${service}/docs   (Swagger UI; the browser warns of the home-made certificate)
  Instagram   ${instagram}/_control/accounts/${OMNIWEAR.igUserId}   (what Omniwear likes)

Like Omniwear's photo from ticket 62, as the sidebar app does:

  curl -X POST '${proxy}&post_to_path=/like' -d '{"media_id":"${OMNIWEAR.photoId}","liked":"true"}'

Ask what is known of it:

  curl -X POST '${proxy}&post_to_path=/like/state' -d '{"media_id":"${OMNIWEAR.photoId}"}'

See it at Instagram:

  curl ${instagram}/_control/accounts/${OMNIWEAR.igUserId}

The service comes back after \`kill ${String(sandbox.servicePid)}\` and has forgotten nothing. Ctrl-C stops all three.
`);
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  await stop(1);
}
