package io.lbtk.redis;

import io.lettuce.core.codec.RedisCodec;
import java.nio.ByteBuffer;

/** Reads and writes all as {@link EntryText}. */
final class EntryCodec implements RedisCodec<EntryText, EntryText> {

  @Override
  public EntryText decodeKey(ByteBuffer bytes) {
    return EntryText.decode(bytes);
  }

  @Override
  public EntryText decodeValue(ByteBuffer bytes) {
    return EntryText.decode(bytes);
  }

  @Override
  public ByteBuffer encodeKey(EntryText key) {
    return key.encode();
  }

  @Override
  public ByteBuffer encodeValue(EntryText value) {
    return value.encode();
  }
}
