/**
 * TLS for what speaks TCP: contexts made of PEM files, and made anew when those change.
 *
 * <p>{@link io.lbtk.net.tls.TlsSettings} says which files, {@link io.lbtk.net.tls.Tls} makes the
 * handlers. All cryptography is the JDK's.
 */
@NullMarked
package io.lbtk.net.tls;

import org.jspecify.annotations.NullMarked;
