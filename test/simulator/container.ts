import 'reflect-metadata';

/** A class or another token of Nest's dependency injection. */
type Token = abstract new (...parameters: never[]) => unknown;
type Class = new (...parameters: unknown[]) => unknown;

/** A parameter with `@Inject(token)`. */
interface OwnToken {
  readonly index: number;
  readonly param: Token;
}

/** The hooks of Nest that a provider may have. */
interface Hooks {
  onModuleInit?(): unknown;
  onApplicationBootstrap?(): unknown;
}

/** The types that the compiler writes for a parameter without a class. */
const BASIC: ReadonlySet<unknown> = new Set([Object, String, Number, Boolean, Function, Array]);

/**
 * Creates the providers of one process from the types in their constructors, as Nest does. Nest
 * itself needs tens of milliseconds for a start, and a schedule has many.
 */
export class Container {
  private readonly instances = new Map<unknown, unknown>();

  /** @param replacements instances by their class. */
  constructor(replacements: readonly (readonly [Token, unknown])[]) {
    for (const [token, instance] of replacements) this.instances.set(token, instance);
  }

  get<T>(token: abstract new (...parameters: never[]) => T): T {
    if (this.instances.has(token)) return this.instances.get(token) as T;
    const instance = this.create(token);
    this.instances.set(token, instance);
    return instance as T;
  }

  /** Runs the start hooks in the order of creation: a provider starts after those that it needs. */
  async start(): Promise<void> {
    const created = [...this.instances.values()] as Hooks[];
    for (const each of created) await each.onModuleInit?.();
    for (const each of created) await each.onApplicationBootstrap?.();
  }

  private create(token: Token): unknown {
    const types = Reflect.getMetadata('design:paramtypes', token) as Token[] | undefined;
    if (types === undefined && token.length > 0) {
      throw new Error(`${token.name} needs a replacement: its constructor has no types`);
    }
    const own = (Reflect.getMetadata('self:paramtypes', token) ?? []) as readonly OwnToken[];
    const parameters = (types ?? []).map((type: Token | undefined, index) => {
      const parameter = own.find((each) => each.index === index)?.param ?? type;
      if (parameter === undefined || BASIC.has(parameter)) {
        throw new Error(
          `${token.name} needs a replacement: parameter ${String(index)} has no class`,
        );
      }
      return this.get(parameter);
    });
    return new (token as unknown as Class)(...parameters);
  }
}
