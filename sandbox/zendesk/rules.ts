/**
 * Zendesk's rules for the answers of an integration, from its published schemas and its
 * documentation. Where these differ, the stricter one applies. Each check returns a sentence for
 * each problem.
 */
type Check = (value: unknown, name: string) => string[];

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const text =
  (min: number, max: number, format?: (text: string) => boolean): Check =>
  (value, name) => {
    if (typeof value !== 'string') return [`${name} is not a string`];
    if (value.length < min || value.length > max) {
      return [
        `${name} has ${String(value.length)} characters, not ${String(min)} to ${String(max)}`,
      ];
    }
    return format === undefined || format(value) ? [] : [`${name} is malformed`];
  };
const flag: Check = (value, name) =>
  typeof value === 'boolean' ? [] : [`${name} is not a boolean`];
const list =
  (max: number, check: Check): Check =>
  (value, name) => {
    if (!Array.isArray(value)) return [`${name} is not a list`];
    if (value.length > max) return [`${name} has more than ${String(max)} entries`];
    return value.flatMap((entry: unknown, index) => check(entry, `${name}[${String(index)}]`));
  };
const object =
  (required: Record<string, Check>, optional: Record<string, Check>): Check =>
  (value, name) => {
    if (!isObject(value)) return [`${name} is not an object`];
    return [
      ...Object.entries(required).flatMap(([key, check]) =>
        key in value ? check(value[key], `${name}.${key}`) : [`${name}.${key} is missing`],
      ),
      ...Object.entries(optional).flatMap(([key, check]) =>
        key in value ? check(value[key], `${name}.${key}`) : [],
      ),
    ];
  };

/** Printable ASCII without a space at either end. */
const externalId = text(1, 255, (value) => /^[\x21-\x7e](?:[\x20-\x7e]*[\x21-\x7e])?$/.test(value));
const dateTime = text(
  1,
  255,
  (value) =>
    /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d+)?(Z|[+-]\d{2}:\d{2})$/.test(value) &&
    !Number.isNaN(Date.parse(value)),
);
const httpsUrl = text(1, 511, (value) => value.startsWith('https://') && URL.canParse(value));
const anything: Check = () => [];
const fieldValue = object(
  {
    id: (value, name) => (Number.isInteger(value) ? [] : text(1, 255)(value, name)),
    value: anything,
  },
  {},
);

const resource: Check = (value, name) => [
  ...object(
    {
      external_id: externalId,
      message: text(1, 65_535),
      created_at: dateTime,
      author: object(
        { external_id: externalId },
        {
          name: text(1, 255),
          image_url: text(1, 255),
          locale: text(1, 255),
          fields: list(64, fieldValue),
        },
      ),
    },
    {
      html_message: text(1, 65_535),
      internal_note: flag,
      parent_id: externalId,
      thread_id: externalId,
      display_info: list(
        16,
        object(
          {
            type: text(1, 255),
            data: (data, at) =>
              isObject(data) && JSON.stringify(data).length <= 65_535
                ? []
                : [`${at} is not an object of at most 65535 characters`],
          },
          {},
        ),
      ),
      allow_channelback: flag,
      fields: list(64, fieldValue),
      file_urls: list(10, httpsUrl),
    },
  )(value, name),
  ...(isObject(value) && 'parent_id' in value && 'thread_id' in value
    ? [`${name} has both parent_id and thread_id`]
    : []),
];

const pullAnswer = object(
  { external_resources: list(200, resource) },
  { state: text(0, 5000), metadata: text(0, 5000), metadata_needs_update: flag },
);
const channelbackAnswer = object(
  { external_id: externalId },
  { allow_channelback: flag, metadata: text(0, 5000), metadata_needs_update: flag },
);
const manifest = object(
  {
    name: text(1, 255),
    id: text(1, 511),
    urls: object(
      { admin_ui: httpsUrl },
      Object.fromEntries(
        [
          'pull_url',
          'channelback_url',
          'clickthrough_url',
          'healthcheck_url',
          'about_url',
          'dashboard_url',
          'event_callback_url',
        ].map((name) => [name, httpsUrl]),
      ),
    ),
  },
  {
    version: text(1, 255),
    author: text(1, 255),
    push_client_id: text(1, 127),
    channelback_files: flag,
    create_followup_tickets: flag,
  },
);

export const checkManifest = (json: unknown): string[] => manifest(json, 'manifest');
export const checkPullAnswer = (json: unknown): string[] => pullAnswer(json, 'answer');
export const checkChannelbackAnswer = (json: unknown): string[] =>
  channelbackAnswer(json, 'answer');
