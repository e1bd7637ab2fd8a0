/** The parts of an answer that a page needs. */
interface PageAnswer {
  readonly status: number;
  readonly headers?: Readonly<Record<string, unknown>>;
  readonly text: string;
}

/** A page of the setup, read without a browser. */
export class SetupPage {
  readonly status: number;
  /** As sent. */
  readonly html: string;
  /** The HTML with its character references replaced. */
  readonly text: string;
  readonly title: string;
  /** The addresses of the forms. */
  readonly actions: readonly string[];
  /** The code of the login window; '' on other pages. */
  readonly confirmation: string;
  /** The obstacle of each ability; '' if it works. */
  readonly obstacles: Readonly<Record<string, string>>;
  private readonly headers: Readonly<Record<string, unknown>>;

  constructor({ status, headers = {}, text }: PageAnswer) {
    this.status = status;
    this.headers = headers;
    this.html = text;
    this.text = unescape(text);
    this.title = this.read(/<h1>([^<]*)</);
    this.actions = this.readAll(/action="([^"]*)"/g).map(([action = '']) => action);
    this.confirmation = this.read(/data-confirmation="(\w+)"/);
    this.obstacles = Object.fromEntries(
      this.readAll(/data-ability="(\w+)"\s+data-obstacle="(\w*)"/g),
    ) as Record<string, string>;
  }

  header(name: string): string {
    const value = this.headers[name];
    return typeof value === 'string' ? value : '';
  }

  get headerNames(): string[] {
    return Object.keys(this.headers);
  }

  get policy(): string {
    return this.header('content-security-policy');
  }

  /** The paths of the style and the script. */
  get assets(): string[] {
    return this.readAll(/(?:href|src)="(\/admin\/assets\/[^"]+)"/g).map(([path = '']) => path);
  }

  /** The address to which the login window leads. */
  get dialog(): URL {
    return new URL(this.read(/id="move-on" href="([^"]*)"/));
  }

  /** The value of a field; '' without one. */
  field(name: string): string {
    return this.read(new RegExp(`name="${name}"\\s+value="([^"]*)"`));
  }

  private read(pattern: RegExp): string {
    return unescape(pattern.exec(this.html)?.[1] ?? '');
  }

  private readAll(pattern: RegExp): string[][] {
    return [...this.html.matchAll(pattern)].map(([, ...groups]) => groups.map(unescape));
  }
}

function unescape(text: string): string {
  return text.replace(/&#(\d+);/g, (_, code: string) => String.fromCharCode(Number(code)));
}
