export { ConfigModule } from './config.module.js';
export {
  type CommentAction,
  Configuration,
  type CredentialsKey,
  type DatabaseSettings,
} from './configuration.js';
export { readHandleLimit } from './handle-limits.js';
export {
  loadConfiguration,
  loadCredentialsKeys,
  loadDatabaseSettings,
  OPENED_ACCOUNTS_MAX,
} from './load-configuration.js';
export { StartupError } from '../common/errors/startup-error.js';
