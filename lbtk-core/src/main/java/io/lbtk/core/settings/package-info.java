/**
 * Reads settings: {@code kind.name.option = value}, bound to the options that the parts declare.
 *
 * <p>A {@link io.lbtk.core.settings.SettingsFile} gives {@link io.lbtk.core.settings.Entry entries}
 * with their lines; the {@link io.lbtk.core.settings.SettingsBinder} sorts them into {@link
 * io.lbtk.core.settings.Section sections}, whose values are typed by {@link io.lbtk.api.Option
 * options}; everything that is wrong is gathered in {@link io.lbtk.core.settings.Problems}, and
 * reported at once.
 */
@NullMarked
package io.lbtk.core.settings;

import org.jspecify.annotations.NullMarked;
