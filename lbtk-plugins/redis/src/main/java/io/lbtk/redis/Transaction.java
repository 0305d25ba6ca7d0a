package io.lbtk.redis;

import io.lettuce.core.RedisCommandExecutionException;
import io.lettuce.core.RedisException;
import io.lettuce.core.RedisFuture;
import io.lettuce.core.TransactionResult;
import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.api.async.RedisAsyncCommands;
import java.util.List;
import java.util.function.Function;

/** Commands that are executed together, unless a watched key has changed. */
final class Transaction {

  private Transaction() {}

  /**
   * Executes commands and ends the watch.
   *
   * @param queue sends the commands, which the server queues
   * @return false if nothing was executed because a watched key has changed
   * @throws RedisException the failure of the first command that failed
   */
  static boolean run(
      StatefulRedisConnection<EntryText, EntryText> connection,
      Function<RedisAsyncCommands<EntryText, EntryText>, List<RedisFuture<?>>> queue) {
    connection.sync().multi();
    List<RedisFuture<?>> queued = queue.apply(connection.async());
    TransactionResult result;
    try {
      result = connection.sync().exec();
    } catch (RedisCommandExecutionException e) {
      // It only says that a command was refused; the command itself has the reason.
      for (RedisFuture<?> command : queued) {
        if (command.getError() != null) {
          throw new RedisCommandExecutionException(command.getError(), e);
        }
      }
      throw e;
    }
    if (result.wasDiscarded()) {
      return false;
    }
    for (Object one : result) {
      if (one instanceof RedisException e) {
        throw e;
      }
    }
    return true;
  }
}
