/**
 * TLS for what speaks TCP: contexts made of PEM files, and made anew when those change.
 *
 * <p>{@link io.lbtk.netty.tls.TlsSettings} says which files, {@link io.lbtk.netty.tls.Tls} makes
 * the handlers. All cryptography is the JDK's.
 */
@NullMarked
package io.lbtk.netty.tls;

import org.jspecify.annotations.NullMarked;
